import { DurationCounts } from '../../base/duration-counts.ts';
import { type MetricFamily, PROMETHEUS_TYPE, prometheusText } from './prometheus-text.ts';

interface Timed {
  readonly result: string;
  readonly durations: DurationCounts;
}

/** What is looked up when somebody asks for the metrics. */
export interface MetricSources {
  /** How many sandboxes are in each state. */
  readonly sandboxes: () => ReadonlyMap<string, number>;
  /** How long it took until a sandbox ran, or was given up. */
  readonly creations: () => readonly Timed[];
  /** Calls of any front, by name and by what became of them. */
  readonly calls: () => readonly (Timed & { readonly call: string })[];
  readonly decisions: () => readonly {
    readonly phase: string;
    readonly kind: string;
    readonly action: string;
    readonly count: number;
  }[];
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

const MERGE = 'merge.apply';

/** Counts and durations for Prometheus. Labels are names of calls, states and kinds, never of anything of a user's. */
export class HttpMetrics {
  readonly #sources: MetricSources;
  readonly #requests = new Map<string, Map<number, DurationCounts>>();

  constructor(sources: MetricSources) {
    this.#sources = sources;
  }

  answered({ operation, status, durationMs }: { operation: string; status: number; durationMs: number }): void {
    let statuses = this.#requests.get(operation);
    if (statuses === undefined) this.#requests.set(operation, (statuses = new Map<number, DurationCounts>()));
    let durations = statuses.get(status);
    if (durations === undefined) statuses.set(status, (durations = new DurationCounts()));
    durations.observe(durationMs);
  }

  text(): { readonly contentType: string; readonly text: string } {
    return { contentType: PROMETHEUS_TYPE, text: prometheusText([...this.#ofKernel(), this.#ofRequests()]) };
  }

  #ofRequests(): MetricFamily {
    return {
      name: 'cavern_http_request_duration_seconds',
      help: 'Requests over HTTP by call and status',
      type: 'histogram',
      samples: [...this.#requests].flatMap(([operation, statuses]) =>
        Array.from(statuses, ([status, durations]) => ({ labels: { operation, status: String(status) }, durations })),
      ),
    };
  }

  #ofKernel(): MetricFamily[] {
    const { sandboxes, creations, calls, decisions, auditQueue, keys } = this.#sources;
    const merges = calls().filter(({ call }) => call === MERGE);
    return [
      gauge(
        'cavern_sandboxes',
        'Sandboxes by state',
        [...sandboxes()].map(([state, value]) => [{ state }, value]),
      ),
      timed(
        'cavern_sandbox_creation_duration_seconds',
        'How long it took until a sandbox ran, or was given up',
        creations(),
      ),
      timed('cavern_call_duration_seconds', 'Calls of every front by name and result', calls()),
      counter(
        'cavern_policy_decisions_total',
        'Decisions: by the rules, by a person after them, by the rules again while a call ran',
        decisions().map(({ count, ...labels }) => [labels, count]),
      ),
      gauge('cavern_audit_queue', 'Audit records that wait to be written', [[{}, auditQueue()]]),
      counter(
        'cavern_merges_total',
        'Merges by result, those that nobody asked for included',
        merges.map(({ result, durations }) => [{ result }, durations.count]),
      ),
      counter(
        'cavern_key_uses_total',
        'Requests with a key, by its kind and what became of them',
        keys().flatMap(({ kind, ...results }) =>
          Object.entries(results).map(([result, count]): Sample => [{ kind, result }, count]),
        ),
      ),
    ];
  }
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

function samplesOf(samples: readonly Sample[]) {
  return samples.map(([labels, value]) => ({ labels, value }));
}

function gauge(name: string, help: string, samples: readonly Sample[]): MetricFamily {
  return { name, help, type: 'gauge', samples: samplesOf(samples) };
}

function counter(name: string, help: string, samples: readonly Sample[]): MetricFamily {
  return { name, help, type: 'counter', samples: samplesOf(samples) };
}

function timed(name: string, help: string, samples: readonly (Timed & { readonly call?: string })[]): MetricFamily {
  return {
    name,
    help,
    type: 'histogram',
    samples: samples.map(({ durations, result, call }) => ({
      labels: call === undefined ? { result } : { call, result },
      durations,
    })),
  };
}
