import { DURATION_BOUNDS_S, type DurationCounts } from '../../base/duration-counts.ts';

export type Labels = Readonly<Record<string, string>>;

/** What one name stands for; durations become a histogram in seconds. */
export type MetricFamily = { readonly name: string; readonly help: string } & (
  | { readonly type: 'gauge' | 'counter'; readonly samples: readonly { labels: Labels; value: number }[] }
  | { readonly type: 'histogram'; readonly samples: readonly { labels: Labels; durations: DurationCounts }[] }
);

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * The families in Prometheus' text format (version 0.0.4). The field's library, `prom-client`, can ask for gauges and counters when they
 * are read, but its histograms take nothing but one duration after another; these are counted in the kernel, for every front.
 */
export function prometheusText(families: readonly MetricFamily[]): string {
  return families.map((family) => `${linesOf(family).join('\n')}\n`).join('');
}

function linesOf(family: MetricFamily): string[] {
  const { name, help, type } = family;
  const head = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
  if (family.type === 'histogram')
    return [...head, ...family.samples.flatMap((sample) => histogramLines(name, sample))];
  return [...head, ...family.samples.map(({ labels, value }) => line(name, labels, value))];
}

function histogramLines(name: string, { labels, durations }: { labels: Labels; durations: DurationCounts }): string[] {
  const within = durations.cumulative();
  const buckets = DURATION_BOUNDS_S.map((bound, index) =>
    line(`${name}_bucket`, { ...labels, le: String(bound) }, within[index] ?? 0),
  );
  return [
    ...buckets,
    line(`${name}_bucket`, { ...labels, le: '+Inf' }, durations.count),
    line(`${name}_sum`, labels, durations.sumMs / 1000),
    line(`${name}_count`, labels, durations.count),
  ];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
