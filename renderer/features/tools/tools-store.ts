import { createStore } from 'zustand/vanilla';
import type { ToolEvent } from '../../../schema/contract/tool.ts';
import type { Failure, SessionId, Tool } from '../../../schema/entities.ts';
import type { Decision } from '../../../schema/policy.ts';
import { decisionOf, failureOf, isCancelled } from '../../app/failure.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

export type RunState = 'running' | 'done' | 'failed' | 'denied' | 'cancelled';

export interface Progress {
  readonly message: string;
  readonly done?: number;
  readonly total?: number;
}

export interface Run {
  readonly id: number;
  readonly tool: string;
  readonly startedAt: number;
  readonly state: RunState;
  readonly output: string;
  readonly progress?: Progress;
  readonly result?: unknown;
  readonly truncated?: boolean;
  readonly decision?: Decision;
  readonly failure?: Failure;
  readonly durationMs?: number;
  readonly overheadMs?: number;
}

interface ToolsState {
  readonly tools: readonly Tool[] | undefined;
  readonly loadFailure: Failure | undefined;
  readonly selected: string | undefined;
  readonly inputs: Readonly<Record<string, Record<string, unknown>>>;
  /** The newest first. */
  readonly runs: readonly Run[];
}

export interface ToolsStoreOptions {
  readonly client: Pick<KernelClient, 'tool'>;
  readonly session: SessionId;
  readonly now: () => number;
  /** A tool ended: files may have changed. */
  readonly onEnded: () => void;
}

const RUNS_KEPT = 20;
/** Characters of live output that are kept, the last ones. */
const OUTPUT_LIMIT = 256 * 1024;

export type ToolsStore = ReturnType<typeof createToolsStore>;

/** The tools, what was typed into their forms, and the runs of one session. */
export function createToolsStore({ client, session, now, onEnded }: ToolsStoreOptions) {
  const store = createStore<ToolsState>(() => ({
    tools: undefined,
    loadFailure: undefined,
    selected: undefined,
    inputs: {},
    runs: [],
  }));
  const running = new Map<number, AbortController>();
  let nextId = 1;

  const change = (id: number, part: (run: Run) => Partial<Run>): void =>
    store.setState(({ runs }) => ({ runs: runs.map((run) => (run.id === id ? { ...run, ...part(run) } : run)) }));

  const receive = (id: number, event: ToolEvent): void => {
    if (event.type === 'progress') change(id, () => ({ progress: event }));
    else if (event.type === 'output') change(id, (run) => ({ output: (run.output + event.text).slice(-OUTPUT_LIMIT) }));
    else {
      const { result, decision, durationMs, overheadMs, truncated } = event;
      change(id, () => ({ state: 'done', result, decision, durationMs, overheadMs, truncated: truncated ?? false }));
    }
  };

  const fail = (id: number, thrown: unknown): void => {
    const decision = decisionOf(thrown);
    const state = isCancelled(thrown) ? 'cancelled' : decision === undefined ? 'failed' : 'denied';
    change(id, (run) => ({
      state,
      durationMs: now() - run.startedAt,
      ...(state === 'cancelled' ? {} : { failure: failureOf(thrown) }),
      ...(decision === undefined ? {} : { decision }),
    }));
  };

  return {
    store,
    async load(): Promise<void> {
      try {
        const { tools } = await client.tool.list({});
        store.setState({ tools, loadFailure: undefined });
      } catch (thrown) {
        store.setState({ loadFailure: failureOf(thrown) });
      }
    },
    select: (selected: string): void => store.setState({ selected }),
    setInput: (tool: string, input: Record<string, unknown>): void =>
      store.setState(({ inputs }) => ({ inputs: { ...inputs, [tool]: input } })),

    async run(tool: string, input: unknown): Promise<void> {
      const id = nextId++;
      const abort = new AbortController();
      running.set(id, abort);
      const run: Run = { id, tool, startedAt: now(), state: 'running', output: '' };
      store.setState(({ runs }) => ({ runs: [run, ...runs].slice(0, RUNS_KEPT) }));
      try {
        for await (const event of client.tool.call({ session, name: tool, input }, { signal: abort.signal })) {
          receive(id, event);
        }
      } catch (thrown) {
        fail(id, thrown);
      } finally {
        running.delete(id);
        onEnded();
      }
    },
    cancel: (id: number): void => running.get(id)?.abort(),
  };
}
