import { symlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCKER_SOCKET } from './testing/engines.ts';
import { BatteryKernel } from './testing/escape/battery-kernel.ts';

const CAVE = `version: 1
sandboxes:
  web:
    profile: integration-test
    start: [sleep, "600"]
    memory: 128MiB
    network: none
    env: { GREETING: hello }
    labels: { team: web }
`;

describe('a workspace with a cave.yaml', () => {
  let kernel: BatteryKernel;
  beforeAll(async () => {
    kernel = await BatteryKernel.open({ engineSocket: DOCKER_SOCKET });
  });
  afterAll(async () => {
    await kernel[Symbol.asyncDispose]();
  });
  const write = (text: string): Promise<void> => writeFile(join(kernel.workspace, 'cave.yaml'), text);
  const create = () => kernel.client.session.create({ workspace: kernel.workspace, sandbox: 'web' });

  it('starts its sandboxes with what it says of them, and no network where it takes that away', async () => {
    await write(CAVE);
    const { id } = await create();
    const { stdout } = await kernel.run(
      id,
      'echo $GREETING $HTTP_PROXY; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; ls /run/cavern',
    );
    expect(stdout).toBe(`hello\n${128 * 1024 ** 2}\nkernel.sock\n`);
    expect((await kernel.client.terminal.list({ session: id })).terminals.map(({ title }) => title)).toEqual(['sleep']);
    await kernel.client.session.stop({ session: id });
  });

  it.each([
    [
      'more than the profile gives',
      CAVE.replace('128MiB', '128GiB'),
      /line 6, column 5: .*memory is more than profile/,
    ],
    ['an unknown key', CAVE.replace('labels:', 'privileged:'), /line 9, column 5: The key "privileged" is unknown/],
  ])('starts nothing where it asks for %s, and says where', async (_what, text, message) => {
    await write(text);
    await expect(create()).rejects.toMatchObject({ code: 'cave_invalid', message: expect.stringMatching(message) });
    const { errors } = await kernel.client.sandbox.cave({ workspace: kernel.workspace });
    expect(errors).toHaveLength(1);
  });

  it('is not followed where it is a link', async () => {
    await rm(join(kernel.workspace, 'cave.yaml'));
    await symlink(join(kernel.outside, 'secret.txt'), join(kernel.workspace, 'cave.yaml'));
    await expect(create()).rejects.toMatchObject({
      code: 'cave_invalid',
      message: 'Cannot read cave.yaml: it is a link',
    });
  });
});
