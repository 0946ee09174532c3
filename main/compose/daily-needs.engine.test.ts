import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SessionId } from '../../schema/entities.ts';
import { openEngine, presentEngines, type TestEngine } from '../platform/container-engine/testing/engines.ts';
import { BatteryKernel } from '../platform/container-engine/testing/escape/battery-kernel.ts';

const SERVER = `node -e 'require("http").createServer((q, a) => a.end("inside " + q.url)).listen(8123, "localhost")' >/dev/null 2>&1 &`;

describe.each(presentEngines())('what people need every day, on %s', (name) => {
  let opened: TestEngine;
  let kernel: BatteryKernel;
  let session: SessionId;
  beforeAll(async () => {
    opened = await openEngine(name);
    const settings = join(opened.scratchFolder, 'operator-gitconfig');
    await writeFile(
      settings,
      '[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n[credential]\n\thelper = store\n',
    );
    vi.stubEnv('GIT_CONFIG_GLOBAL', settings);
    vi.stubEnv('VISUAL', '');
    kernel = await BatteryKernel.open({ engineSocket: opened.socket });
    session = await kernel.start('workspace');
  });
  afterAll(async () => {
    await kernel[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
    vi.unstubAllEnvs();
  });

  it('opens a port of a server inside, without a network, and closes it with the sandbox', async () => {
    const { client } = kernel;
    await kernel.run(session, SERVER);
    await expect.poll(async () => (await client.port.list({ session })).listening, { timeout: 20_000 }).toEqual([8123]);
    const { url, localPort } = await client.port.open({ session, port: 8123 });
    expect(await (await fetch(`${url}page`)).text()).toBe('inside /page');
    expect((await client.port.list({ session })).open).toMatchObject([{ port: 8123, localPort, connections: 1 }]);
    await client.session.stop({ session });
    await expect(fetch(url)).rejects.toThrow();
    const said = async (): Promise<string[]> => {
      const { records } = await client.audit.log({ filters: { session }, limit: 1_000 });
      const ofPorts = records.filter(({ data }) => data?.['call'] === 'port.open' || data?.['method'] === 'PORT');
      return ofPorts.map(({ type }) => type);
    };
    await expect.poll(said, { timeout: 10_000 }).toEqual(['network_request', 'call_finished', 'call_decided']);
  });

  it('commits inside with the name and address of the operator, and has no other of the operator’s git settings', async () => {
    const { client } = kernel;
    await client.session.resume({ session });
    const look = async (): Promise<string> => (await kernel.run(session, 'git config --list --system')).stdout;
    await expect.poll(look, { timeout: 20_000 }).toBe('user.name=Ada Lovelace\nuser.email=ada@example.org\n');
    const commit = 'git commit -q --allow-empty -m inside && git log -1 "--format=%an <%ae>"';
    expect((await kernel.run(session, commit)).stdout).toBe('Ada Lovelace <ada@example.org>\n');
  });

  it('hands in a secret as a variable and as a file in memory, redacts it, and takes it back', async () => {
    const { client } = kernel;
    const value = 'a-value-of-no-known-kind';
    await client.session.resume({ session });
    await client.secret.add({ name: 'mine', value });
    const { id } = await client.secret.hand({ name: 'mine', session, as: { kind: 'variable', variable: 'MINE' } });
    await client.secret.hand({ name: 'mine', workspace: kernel.workspace, as: { kind: 'file', file: 'mine' } });
    const look =
      'echo "$MINE"; cat /run/secrets/mine; echo; stat -c %a /run/secrets/mine; df --output=fstype /run/secrets | tail -1';
    expect((await kernel.run(session, look)).stdout).toBe(`${value}\n${value}\n400\ntmpfs\n`);
    // Neither the engine nor the agent's own environment has it.
    expect((await kernel.run(session, 'cat /proc/1/environ 2>&1; cat /proc/mounts')).stdout).not.toContain(value);
    await client.secret.withdraw({ id });
    expect((await kernel.run(session, 'echo "[$MINE]"; ls /run/secrets')).stdout).toBe('[]\nmine\n');
    await client.session.stop({ session });
    await client.session.resume({ session });
    expect((await kernel.run(session, 'cat /run/secrets/mine')).stdout).toBe(value);
    await client.secret.remove({ name: 'mine' });
    expect((await kernel.run(session, 'ls -A /run/secrets')).stdout).toBe('');
    const { records } = await client.audit.log({ filters: {}, limit: 1_000 });
    expect(JSON.stringify(records)).not.toContain(value);
    const uses = records.filter(({ data }) => data?.['call'] === 'secret.use');
    expect(uses.map(({ data }) => data?.['secret'])).toContain('mine');
  });

  it('opens copies of files and of the whole folder as the sandbox sees them in the editor of the operator, and none from outside', async () => {
    const { client } = kernel;
    await client.session.resume({ session });
    await kernel.run(session, 'echo changed > src/a.txt; ln -s /etc/passwd out; ln -s src/a.txt in');
    const told = join(opened.scratchFolder, 'told');
    const program = join(opened.scratchFolder, 'editor');
    await writeFile(program, `#!/bin/sh\necho "$@" > ${told}.new && mv ${told}.new ${told}\n`, { mode: 0o755 });
    await expect(client.session.openFile({ session, path: 'src/a.txt' })).rejects.toMatchObject({
      code: 'editor_missing',
    });
    await client.app.configure({ change: { editor: `${program} --flag` } });
    const { file } = await client.session.openFile({ session, path: 'in' });
    expect(await readFile(file, 'utf8')).toBe('changed\n');
    await expect.poll(() => readFile(told, 'utf8').catch(() => ''), { timeout: 10_000 }).toBe(`--flag ${file}\n`);
    for (const path of ['out', '.env', 'src/none'])
      await expect(client.session.openFile({ session, path })).rejects.toMatchObject({ code: 'not_found' });
    await expect(client.session.openFile({ session, path: 'src' })).rejects.toMatchObject({ code: 'not_a_file' });
    await expect(client.session.openFile({ session, path: '../outside/secret.txt' })).rejects.toThrow();
    const tree = await client.session.openFolder({ session });
    expect(await readFile(join(tree.folder, 'src/a.txt'), 'utf8')).toBe('changed\n');
    await expect.poll(() => readFile(told, 'utf8'), { timeout: 10_000 }).toBe(`--flag ${tree.folder}\n`);
    await kernel.run(session, 'echo again > src/a.txt; echo new > src/b.txt');
    const seen = () => readFile(join(tree.folder, 'src/b.txt'), 'utf8').catch(() => '');
    await expect.poll(seen, { timeout: 30_000 }).toBe('new\n');
    expect(await readFile(join(tree.folder, 'src/a.txt'), 'utf8')).toBe('again\n');
    await expect(client.session.openFolder({ session, path: 'src/a.txt' })).rejects.toMatchObject({
      code: 'not_a_folder',
    });
    await client.session.remove({ session });
    await expect(readFile(file)).rejects.toThrow();
    await expect(readFile(join(tree.folder, 'src/a.txt'))).rejects.toThrow();
  });
});
