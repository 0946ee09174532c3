import { expect, it } from 'vitest';
import type { SandboxStats } from '../../../schema/contract/sandbox.ts';
import { metersOf, plotLine } from './meters.ts';

const sample: SandboxStats = {
  atMs: 0,
  cpus: 0.5,
  cpuLimit: 2,
  memoryBytes: 64 * 1024 ** 2,
  memoryLimitBytes: 1024 ** 3,
  pids: 12,
  pidsLimit: 1024,
  diskBytes: 0,
  diskLimitBytes: 20 * 1024 ** 3,
  network: null,
};

it('the meters say what is used, and of how much', () => {
  expect(metersOf([{ ...sample, cpus: null }, sample]).map(({ label, value, about }) => [label, value, about])).toEqual(
    [
      ['CPU', '25 %', 'of 2 processors that its profile allows'],
      ['Memory', '64 MiB', 'of 1.0 GiB that its profile allows'],
      ['Processes', '12', 'of 1,024 that its profile allows'],
      ['Written', '0 B', 'of 20 GiB that its profile allows'],
    ],
  );
  expect(metersOf([])).toEqual([]);
});

it('a sandbox with a network has a meter of what goes through its proxy, as a rate', () => {
  const at = (atMs: number, receivedBytes: number): SandboxStats => ({
    ...sample,
    atMs,
    network: { sentBytes: 1024, receivedBytes, connections: 2 },
  });
  const [meter] = metersOf([at(0, 0), at(1_000, 0), at(3_000, 256 * 1024)]).slice(-1);
  expect(meter).toEqual({
    name: 'network',
    label: 'Network',
    value: '128 KiB/s',
    about: 'through its proxy: 256 KiB received, 1.0 KiB sent, 2 connections open',
    shares: [0, 1],
  });
});

it('a plot ends at the right edge, on its floor for nothing and never above its top', () => {
  const box = { width: 60, height: 20, places: 4 };
  expect(plotLine([0, 1], box)).toBe('40.0,20.0 60.0,0.0');
  expect(plotLine([0.25], box)).toBe('60.0,10.0');
  expect(plotLine([], box)).toBe('');
});
