import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import type { Metrics } from './metric.ts';

interface BenchOptions {
  readonly engine: 'docker' | 'podman';
}

/** Each bench is loaded only when it is asked for: its peers are large. */
const BENCHES: Record<string, (options: BenchOptions) => Promise<Metrics>> = {
  audit: async () => (await import('./audit.ts')).auditBench(),
  changes: async () => {
    const { reviewBench } = await import('./review.ts');
    const inWindow = await reviewBench();
    return { ...(await (await import('./changes.ts')).changesBench()), ...inWindow };
  },
  gateway: async ({ engine }) => (await import('./gateway.ts')).gatewayBench(engine),
  network: async (options) => (await import('./network.ts')).networkBench(options),
  plugins: async ({ engine }) => (await import('./plugins.ts')).pluginsBench(engine),
  policy: async () => (await import('./policy.ts')).policyBench(),
  review: async () => (await import('./review.ts')).reviewBench(),
  sandbox: async (options) => (await import('./sandbox.ts')).sandboxBench(options),
  scheduler: async ({ engine }) => ({
    ...(await (await import('./scheduler.ts')).schedulerBench()),
    ...(await (await import('./scheduler-start.ts')).submitToStartBench(engine)),
  }),
  terminal: async () => (await import('./terminal.ts')).terminalBench(),
  start: async () => (await import('./start.ts')).startBench(),
  tools: async () => (await import('./tools.ts')).toolsBench(),
};

const USES_ENGINE = new Set(['gateway', 'network', 'plugins', 'sandbox', 'scheduler']);

function fail(message: string): never {
  process.stderr.write(
    `error: ${message}\n  fix: cavern bench ${Object.keys(BENCHES).join('|')} [--engine docker|podman]\n`,
  );
  process.exit(2);
}

const { values, positionals } = parseArgs({
  options: { engine: { type: 'string', default: 'docker' }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const name = positionals[0] ?? '';
const bench = BENCHES[name];
if (bench === undefined) fail(`Cannot run the bench "${name}": there is none of that name`);
const { engine } = values;
if (engine !== 'docker' && engine !== 'podman') fail(`Cannot run on the engine "${engine}": it is docker or podman`);

const startedAt = new Date().toISOString();
const metrics = await bench({ engine });
const [cpu] = cpus();
const document = {
  name,
  ...(USES_ENGINE.has(name) ? { engine } : {}),
  machine: {
    cpu: cpu?.model ?? '',
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.versions.node,
    platform: process.platform,
  },
  startedAt,
  samples: Object.keys(metrics).length,
  metrics,
};
if (values.json) process.stdout.write(`${JSON.stringify(document)}\n`);
else {
  for (const [key, metric] of Object.entries(metrics)) {
    const floor = metric.floor === undefined ? '' : `  floor ${metric.floor}  ratio ${metric.ratio}`;
    const peers = Object.entries(metric.peers ?? {})
      .map(([peer, value]) => `  ${peer} ${value}`)
      .join('');
    process.stdout.write(`${key.padEnd(20)} p50 ${metric.p50} ${metric.unit}  p99 ${metric.p99}${floor}${peers}\n`);
  }
}
process.exit(0);
