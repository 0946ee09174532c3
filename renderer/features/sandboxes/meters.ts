import type { SandboxStats } from '../../../schema/contract/sandbox.ts';
import { formatBytes, formatNumber } from '../../ui/format.ts';
import { messages } from './messages.ts';

/** One resource: its value now, and its course as shares of the limit, the oldest first. */
export interface Meter {
  readonly name: 'cpu' | 'memory' | 'processes' | 'disk' | 'network';
  readonly label: string;
  readonly value: string;
  readonly about: string;
  readonly shares: readonly number[];
}

/** From here on a meter is a warning. */
export const NEARLY_FULL = 0.9;

export function metersOf(samples: readonly SandboxStats[]): readonly Meter[] {
  const now = samples.at(-1);
  if (now === undefined) return [];
  const shares = (used: (sample: SandboxStats) => number | null, limit: number): number[] =>
    samples.map((sample) => Math.min(1, (used(sample) ?? 0) / limit));
  const { cpus, cpuLimit, memoryBytes, memoryLimitBytes, pids, pidsLimit, diskBytes, diskLimitBytes } = now;
  return [
    {
      name: 'cpu',
      label: messages.cpu,
      value: cpus === null ? messages.unknown : `${Math.round((cpus / cpuLimit) * 100)} %`,
      about: messages.ofProcessors(cpuLimit),
      shares: shares((sample) => sample.cpus, cpuLimit),
    },
    {
      name: 'memory',
      label: messages.memory,
      value: memoryBytes === null ? messages.unknown : formatBytes(memoryBytes),
      about: messages.ofLimit(formatBytes(memoryLimitBytes)),
      shares: shares((sample) => sample.memoryBytes, memoryLimitBytes),
    },
    {
      name: 'processes',
      label: messages.processes,
      value: pids === null ? messages.unknown : String(pids),
      about: messages.ofLimit(formatNumber(pidsLimit)),
      shares: shares((sample) => sample.pids, pidsLimit),
    },
    {
      name: 'disk',
      label: messages.disk,
      value: formatBytes(diskBytes),
      about: messages.ofLimit(formatBytes(diskLimitBytes)),
      shares: shares((sample) => sample.diskBytes, diskLimitBytes),
    },
    ...networkMeter(samples),
  ];
}

/** A plot of the network has no limit to be drawn against: its top is the highest rate, and at least this. */
const LEAST_TOP_BYTES_PER_S = 64 * 1024;

/** None for a sandbox without a network. */
function networkMeter(samples: readonly SandboxStats[]): Meter[] {
  const { network } = samples.at(-1) ?? {};
  if (!network) return [];
  const rates = samples.slice(1).map((sample, index) => rateBetween(samples[index], sample));
  const top = Math.max(LEAST_TOP_BYTES_PER_S, ...rates);
  const { sentBytes, receivedBytes, connections } = network;
  return [
    {
      name: 'network',
      label: messages.network,
      value: `${formatBytes(rates.at(-1) ?? 0)}/s`,
      about: messages.throughProxy(formatBytes(receivedBytes), formatBytes(sentBytes), connections),
      shares: rates.map((rate) => rate / top),
    },
  ];
}

/** Bytes a second, both ways. */
function rateBetween(before: SandboxStats | undefined, now: SandboxStats): number {
  if (!before?.network || !now.network || now.atMs <= before.atMs) return 0;
  const moved = (of: NonNullable<SandboxStats['network']>): number => of.sentBytes + of.receivedBytes;
  return (Math.max(0, moved(now.network) - moved(before.network)) * 1000) / (now.atMs - before.atMs);
}

/**
 * The line of a plot in a box of this size, newest at the right edge; `places` is how many samples fill it. The scale is the limit, or
 * twice the highest value where that is lower: a course near the floor is still one.
 */
export function plotLine(
  shares: readonly number[],
  box: { readonly width: number; readonly height: number; readonly places: number },
): string {
  const top = Math.min(1, Math.max(0.02, 2 * Math.max(0, ...shares)));
  const step = box.width / (box.places - 1);
  return shares
    .map((share, index) => {
      const x = box.width - (shares.length - 1 - index) * step;
      const y = box.height - (share / top) * box.height;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
