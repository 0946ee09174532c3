import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostControlGroups } from './host-control-groups.ts';

const ID = 'c0'.repeat(32);
const peer = { pid: 41, uid: 1000, containerId: ID };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-groups-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function machine(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return hostControlGroups(join(folder, 'cgroup'), join(folder, 'proc'));
}

it('reads version 1, also where a controller shares its folder with another', async () => {
  const groups = await machine({
    'proc/41/cgroup': `9:memory:/docker/${ID}\n8:pids:/docker/${ID}\n2:cpu,cpuacct:/docker/${ID}\n0::/\n`,
    [`cgroup/cpu,cpuacct/docker/${ID}/cpuacct.usage`]: '1500000123\n',
    [`cgroup/memory/docker/${ID}/memory.usage_in_bytes`]: '4096\n',
    [`cgroup/pids/docker/${ID}/pids.current`]: '7\n',
  });
  expect([groups.pulse(peer), groups.use(peer)]).toEqual([
    `${ID} 1500000123`,
    { cpuMs: 1_500, memoryBytes: 4096, pids: 7 },
  ]);
});

it('reads version 2, of the whole container where its processes are in a group below', async () => {
  const group = `machine.slice/libpod-${ID}.scope`;
  const groups = await machine({
    'proc/41/cgroup': `0::/${group}/container\n`,
    [`cgroup/${group}/cpu.stat`]: 'usage_usec 1500001\nuser_usec 1\nsystem_usec 2\n',
    [`cgroup/${group}/container/cpu.stat`]: 'usage_usec 1\n',
    [`cgroup/${group}/memory.current`]: '4096\n',
    [`cgroup/${group}/pids.current`]: '7\n',
  });
  expect([groups.pulse(peer), groups.use(peer)]).toEqual([
    `${ID} usage_usec 1500001`,
    { cpuMs: 1_500, memoryBytes: 4096, pids: 7 },
  ]);
});

it('every time that something has run it says another word', async () => {
  const usage = `cgroup/cpuacct/docker/${ID}/cpuacct.usage`;
  const groups = await machine({ 'proc/41/cgroup': `2:cpuacct:/docker/${ID}\n`, [usage]: '1\n' });
  const first = groups.pulse(peer);
  expect(groups.pulse(peer)).toBe(first);
  await writeFile(join(folder, usage), '2\n');
  expect(groups.pulse(peer)).not.toBe(first);
});

it.each([
  ['is of another container', { 'proc/41/cgroup': `2:cpuacct:/docker/${'d0'.repeat(32)}\n` }],
  ['is in no group of its own', { 'proc/41/cgroup': '2:cpuacct:/\n0::/\n', 'cgroup/cpuacct/cpuacct.usage': '1\n' }],
  ['lies above what this program sees', { 'proc/41/cgroup': `0::/../${ID}\n`, [`${ID}/cpu.stat`]: 'usage_usec 1\n' }],
  ['is gone', {}],
])('says nothing where the process %s', async (_what, files) => {
  const groups = await machine(files);
  expect([groups.pulse(peer), groups.use(peer)]).toEqual([undefined, undefined]);
});

it('says nothing where nobody knows which container it is', async () => {
  const groups = await machine({ 'proc/41/cgroup': '2:cpuacct:/x\n', 'cgroup/cpuacct/x/cpuacct.usage': '1\n' });
  expect(groups.pulse({ ...peer, containerId: '' })).toBeUndefined();
});
