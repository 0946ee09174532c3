import { describe, expect, it } from 'vitest';
import { containerInCgroup, placeOfProcess } from './process-container.ts';

const id = '5f3b'.repeat(16);
const outer = 'a0c1'.repeat(16);

describe('containerInCgroup', () => {
  const known: [string, string][] = [
    ['Docker on version 1', `12:memory:/docker/${id}\n3:cpu:/docker/${id}\n0::/\n`],
    [
      'Docker on version 1 under systemd',
      `9:name=systemd:/system.slice/docker-${id}.scope\n0::/system.slice/docker-${id}.scope\n`,
    ],
    ['Docker on version 2', `0::/system.slice/docker-${id}.scope\n`],
    ['Docker in a container', `4:memory:/docker/${outer}/docker/${id}\n`],
    ['Podman with cgroupfs', `4:memory:/libpod_parent/libpod-${id}\n0::/libpod_parent/libpod-${id}\n`],
    ['Podman under systemd', `0::/machine.slice/libpod-${id}.scope/container\n`],
    ['rootless Podman', `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope/container\n`],
  ];
  for (const [name, text] of known) it(`finds the container: ${name}`, () => expect(containerInCgroup(text)).toBe(id));

  it('finds none outside of containers, in a name that only looks like one, or where two are named', () => {
    const texts = [
      '0::/user.slice/session-2.scope\n',
      `0::/x/${id}0\n`,
      `0::/x/evil${id}\n`,
      `4:memory:/docker/${id}\n3:cpu:/docker/${outer}\n`,
      '',
    ];
    expect(texts.map(containerInCgroup)).toEqual(['', '', '', '', '']);
  });
});

describe('placeOfProcess', () => {
  it('says of this process that it is not the first of a container', async () => {
    expect(await placeOfProcess(process.pid)).toMatchObject({ isFirst: false });
  });

  it('throws for a process that is gone', async () => {
    await expect(placeOfProcess(2 ** 30)).rejects.toThrow();
  });
});
