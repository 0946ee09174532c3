/** One figure of a bench. `floor` and `peers` were measured in the same run, in the same unit; `ratio` is p50 / floor. */
export interface Metric {
  readonly p50: number;
  readonly p99: number;
  readonly unit: string;
  readonly floor?: number;
  readonly ratio?: number;
  readonly peers?: Readonly<Record<string, number>>;
}

export type Metrics = Record<string, Metric>;

/** The value below which a share of the samples lies (nearest rank). */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

/** A metric of times: p99 is the slowest hundredth. */
export function timeMetric(samples: readonly number[], unit: string, floorSamples?: readonly number[]): Metric {
  const p50 = percentile(samples, 0.5);
  const base = { p50: rounded(p50), p99: rounded(percentile(samples, 0.99)), unit };
  if (floorSamples === undefined) return base;
  const floor = percentile(floorSamples, 0.5);
  return { ...base, floor: rounded(floor), ratio: rounded(p50 / floor) };
}

/** A metric of rates: p99 is the worst hundredth here too, so the lowest. */
export function rateMetric(samples: readonly number[], unit: string, floorSamples?: readonly number[]): Metric {
  const p50 = percentile(samples, 0.5);
  const base = { p50: rounded(p50), p99: rounded(percentile(samples, 0.01)), unit };
  if (floorSamples === undefined) return base;
  const floor = percentile(floorSamples, 0.5);
  return { ...base, floor: rounded(floor), ratio: rounded(p50 / floor) };
}

/** Milliseconds that the work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
