import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is looked up when somebody asks for the metrics. */
export interface MetricSources {
  /** How many sandboxes are in each state. */
  readonly sandboxes: () => ReadonlyMap<string, number>;
  /** Records that wait to be written. */
  readonly auditQueue: () => number;
  /** How often keys of each kind were let in, and refused. */
  readonly keys: () => readonly {
    readonly kind: string;
    readonly accepted: number;
    readonly limited: number;
    readonly ended: number;
  }[];
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts and durations in Prometheus' text format. Labels are names of calls, states and kinds, never of anything of a user's. */
export class HttpMetrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'operation' | 'status'>;

  constructor(sources: MetricSources) {
    const registers = [this.#registry];
    this.#requests = new Histogram({
      name: 'cavern_http_request_duration_seconds',
      help: 'Requests over HTTP by call and status',
      labelNames: ['operation', 'status'],
      buckets: SECONDS,
      registers,
    });
    addSources(this.#registry, sources);
  }

  answered({ operation, status, durationMs }: { operation: string; status: number; durationMs: number }): void {
    this.#requests.observe({ operation, status: String(status) }, durationMs / 1000);
  }

  async text(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}

function addSources(registry: Registry, sources: MetricSources): void {
  const sandboxes = new Gauge({
    name: 'cavern_sandboxes',
    help: 'Sandboxes by state',
    labelNames: ['state'],
    registers: [],
    collect() {
      this.reset();
      for (const [state, count] of sources.sandboxes()) this.set({ state }, count);
    },
  });
  const auditQueue = new Gauge({
    name: 'cavern_audit_queue',
    help: 'Audit records that wait to be written',
    registers: [],
    collect() {
      this.set(sources.auditQueue());
    },
  });
  const keyUses = new Counter({
    name: 'cavern_key_uses_total',
    help: 'Requests with a key, by its kind and what became of them',
    labelNames: ['kind', 'result'],
    registers: [],
    collect() {
      this.reset();
      for (const { kind, accepted, limited, ended } of sources.keys()) {
        this.inc({ kind, result: 'accepted' }, accepted);
        this.inc({ kind, result: 'limited' }, limited);
        this.inc({ kind, result: 'ended' }, ended);
      }
    },
  });
  registry.registerMetric(sandboxes);
  registry.registerMetric(auditQueue);
  registry.registerMetric(keyUses);
}
