import { createStore } from 'zustand/vanilla';
import type { CrashSummary, LogFilter, LogLine } from '../../../schema/contract/diagnostics.ts';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf, isCancelled } from '../../app/failure.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

interface LogsState {
  /** The oldest first; undefined until they were read. */
  readonly lines: readonly LogLine[] | undefined;
  /** Where older ones are; null where the log begins. */
  readonly before: string | null;
  readonly reading: boolean;
  readonly filter: LogFilter;
  /** Nothing is in the log at all, whatever the filter; known where no line passes it. */
  readonly isEmpty: boolean;
  readonly mode: 'live' | 'still';
  /** Parts that were met, for the choice of one. */
  readonly parts: readonly string[];
  readonly shown: LogLine | undefined;
  readonly failure: Failure | undefined;
  readonly crashes: readonly CrashSummary[] | undefined;
}

const PAGE_LINES = 500;
/** Typing a word is one search, not five. */
const SEARCH_DELAY_MS = 250;
/** More are not kept in the window: reading again begins at the newest. */
const KEPT_LINES = 20_000;

/** The kernel's log as far as it was read, and what comes while somebody looks. */
export class LogsStore {
  readonly store = createStore<LogsState>(() => ({
    lines: undefined,
    before: null,
    reading: false,
    filter: { level: 'info' },
    isEmpty: false,
    mode: 'live',
    parts: [],
    shown: undefined,
    failure: undefined,
    crashes: undefined,
  }));
  readonly #client: Pick<KernelClient, 'diagnostics'>;
  #turn = new AbortController();
  #searchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Pick<KernelClient, 'diagnostics'>) {
    this.#client = client;
  }

  /** Reads the newest lines and follows the log until it is closed. */
  open(): void {
    this.#turn.abort();
    this.#turn = new AbortController();
    const { signal } = this.#turn;
    this.store.setState({ lines: undefined, before: null, shown: undefined, failure: undefined });
    void this.#read(signal);
  }

  close(): void {
    clearTimeout(this.#searchTimer);
    this.#turn.abort();
  }

  setFilter(change: LogFilter): void {
    this.store.setState(({ filter }) => ({ filter: { ...filter, ...change } }));
    this.open();
  }

  /** As `setFilter`, once the typing stands still. */
  search(text: string): void {
    this.store.setState(({ filter }) => ({ filter: { ...filter, text } }));
    clearTimeout(this.#searchTimer);
    this.#searchTimer = setTimeout(() => this.open(), SEARCH_DELAY_MS);
  }

  setMode(mode: LogsState['mode']): void {
    this.store.setState({ mode });
    this.open();
  }

  show(shown: LogLine | undefined): void {
    this.store.setState({ shown });
  }

  /** Puts older lines in front. */
  async readOlder(): Promise<void> {
    const { before, reading } = this.store.getState();
    if (before === null || reading) return;
    await this.#page(before, this.#turn.signal);
  }

  async loadCrashes(): Promise<void> {
    try {
      const { crashes } = await this.#client.diagnostics.crashes({});
      this.store.setState({ crashes });
    } catch (thrown) {
      this.store.setState({ failure: failureOf(thrown) });
    }
  }

  /** What comes is listened for first, so that nothing falls between. */
  async #read(signal: AbortSignal): Promise<void> {
    const { mode, filter } = this.store.getState();
    if (mode === 'still') return this.#page(undefined, signal);
    let isFirst = true;
    await follow({
      open: (inner) => this.#client.diagnostics.followLogs({ filter }, { signal: inner }),
      onEvent: ({ lines }) => {
        if (isFirst) void this.#page(undefined, signal);
        isFirst = false;
        this.#add(lines, 'behind');
      },
      onFailure: (failure, next) => (next === 'final' ? this.store.setState({ failure }) : undefined),
      signal,
    });
  }

  async #page(before: string | undefined, signal: AbortSignal): Promise<void> {
    const { filter } = this.store.getState();
    this.store.setState({ reading: true });
    try {
      const input = { filter, limit: PAGE_LINES, ...(before === undefined ? {} : { before }) };
      const page = await this.#client.diagnostics.logs(input, { signal });
      const isNothing = before === undefined && page.lines.length === 0 && page.before === null;
      const found = isNothing ? await this.#client.diagnostics.logs({ limit: 1 }, { signal }) : page;
      if (signal.aborted) return;
      this.store.setState({ before: page.before, isEmpty: found.lines.length === 0 && found.before === null });
      this.#add(page.lines, 'in front');
    } catch (thrown) {
      if (!signal.aborted && !isCancelled(thrown)) this.store.setState({ failure: failureOf(thrown) });
    } finally {
      if (!signal.aborted) this.store.setState({ reading: false });
    }
  }

  #add(added: readonly LogLine[], where: 'in front' | 'behind'): void {
    if (where === 'behind' && added.length === 0) return;
    this.store.setState(({ lines = [], parts, before }) => {
      const all = where === 'behind' ? [...lines, ...added] : [...added, ...lines];
      const isTooLong = where === 'behind' && all.length > KEPT_LINES;
      return {
        lines: isTooLong ? all.slice(-KEPT_LINES) : all,
        // Between those that are kept and what is further back would be a gap.
        before: isTooLong ? null : before,
        parts: withParts(parts, added),
      };
    });
  }
}

function withParts(parts: readonly string[], lines: readonly LogLine[]): readonly string[] {
  const all = new Set(parts);
  for (const { part } of lines) if (part !== '') all.add(part);
  return all.size === parts.length ? parts : [...all].sort();
}
