import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { controlGroupStats, pidsRefused } from './control-group.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'cavern-cgroup-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function files(contents: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(contents)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
}

it('reads version 1', async () => {
  await files({
    'memory/memory.usage_in_bytes': '1000\n',
    'memory/memory.limit_in_bytes': '9223372036854771712\n',
    'memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
    'pids/pids.current': '4\n',
    'pids/pids.max': '256\n',
    'pids/pids.events': 'max 7\n',
    'cpuacct/cpuacct.usage': '1500000000\n',
  });
  const stats = { memoryBytes: 1000, memoryLimitBytes: null, oomKills: 3, pids: 4, pidsLimit: 256, cpuMs: 1500 };
  expect(pidsRefused(root)).toBe(7);
  expect(controlGroupStats(root)).toEqual(stats);
});

it('reads version 2', async () => {
  await files({
    'memory.current': '1000\n',
    'memory.max': '4096\n',
    'memory.events': 'low 0\nhigh 0\nmax 5\noom 2\noom_kill 1\noom_group_kill 0\n',
    'pids.current': '4\n',
    'pids.max': 'max\n',
    'pids.events': 'max 2\n',
    'cpu.stat': 'usage_usec 1500000\nuser_usec 1000000\n',
  });
  expect(pidsRefused(root)).toBe(2);
  expect(controlGroupStats(root)).toEqual({
    memoryBytes: 1000,
    memoryLimitBytes: 4096,
    oomKills: 1,
    pids: 4,
    pidsLimit: null,
    cpuMs: 1500,
  });
});

it('knows nothing where there is no control group', () => {
  expect(controlGroupStats(root)).toEqual({
    memoryBytes: null,
    memoryLimitBytes: null,
    oomKills: 0,
    pids: null,
    pidsLimit: null,
    cpuMs: null,
  });
});
