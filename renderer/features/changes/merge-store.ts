import type { Static } from 'typebox';
import { createStore } from 'zustand/vanilla';
import type { AutomaticMerge } from '../../../schema/contract/automatic-merge.ts';
import type { MergeEntry, MergeReport } from '../../../schema/contract/changes.ts';
import type { Failure, SessionId } from '../../../schema/entities.ts';
import type { Decision } from '../../../schema/policy.ts';
import { failureOf } from '../../app/failure.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

/** What a merge, or taking one back, came to. */
export interface Outcome {
  readonly of: 'merge' | 'undo';
  readonly merged: readonly string[];
  readonly conflicts: readonly string[];
  readonly left: readonly string[];
  readonly refused: MergeReport['refused'];
  readonly into?: string;
}

/** What a merge would do, and what the policy says to it. */
export interface Judgement {
  readonly report: MergeReport;
  readonly decision: Decision;
  readonly automatic: Static<typeof AutomaticMerge>;
}

/** What to merge: what was accepted, or all. */
export interface MergeRequest {
  readonly reviewed?: boolean;
  readonly paths?: readonly string[];
  /** Another folder, in place of the workspace. */
  readonly into?: string;
}

interface MergeState {
  readonly busy: 'merge' | 'undo' | 'discard' | undefined;
  readonly outcome: Outcome | undefined;
  readonly judgement: Judgement | undefined;
  readonly judgeFailure: Failure | undefined;
  readonly judging: boolean;
  readonly details: 'open' | 'closed';
  readonly history: readonly MergeEntry[];
}

export interface MergeStoreOptions {
  readonly client: Pick<KernelClient, 'changes' | 'merge'>;
  readonly session: SessionId;
  readonly onFailure: (thrown: unknown) => void;
  /** A merge of everything was judged: these paths would be in conflict. */
  readonly onConflicts: (paths: readonly string[]) => void;
  /** The folder or the session's changes are others now. */
  readonly onDone: () => Promise<void>;
}

const JUDGE_DELAY_MS = 300;

/** Bringing changes into the folder and taking that back; and, before, what would come of it. */
export class MergeStore {
  readonly store = createStore<MergeState>(() => ({
    busy: undefined,
    outcome: undefined,
    judgement: undefined,
    judgeFailure: undefined,
    judging: false,
    details: 'closed',
    history: [],
  }));
  readonly #options: MergeStoreOptions;
  #judgeTimer: ReturnType<typeof setTimeout> | undefined;
  #judgeCount = 0;
  #judged: Promise<void> = Promise.resolve();

  constructor(options: MergeStoreOptions) {
    this.#options = options;
  }

  dismissOutcome(): void {
    this.store.setState({ outcome: undefined });
  }

  showDetails(details: MergeState['details']): void {
    this.store.setState({ details });
  }

  /** Asks what a merge would do, once nothing was decided for a moment. The last question counts. */
  judgeSoon(request: MergeRequest | undefined): void {
    clearTimeout(this.#judgeTimer);
    this.#judgeCount += 1;
    if (request === undefined) {
      this.store.setState({ judgement: undefined, judgeFailure: undefined, judging: false });
      return;
    }
    this.store.setState({ judging: true });
    const count = this.#judgeCount;
    this.#judgeTimer = setTimeout(() => {
      // One at a time: a session at work asks for it more often than a long list is judged.
      this.#judged = this.#judged.then(() => (count === this.#judgeCount ? this.#judge(request, count) : undefined));
    }, JUDGE_DELAY_MS);
  }

  /** Finds what is in conflict, whatever was decided. */
  async findConflicts(): Promise<void> {
    const { client, session, onConflicts } = this.#options;
    // Where this fails, so does the judgement of the review, which says so.
    const judged = await client.merge.judge({ session }).catch(() => undefined);
    if (judged !== undefined) onConflicts(judged.report.conflicts);
  }

  async #judge(request: MergeRequest, count: number): Promise<void> {
    const { client, session } = this.#options;
    const put = (state: Partial<MergeState>): void => {
      if (count === this.#judgeCount) this.store.setState({ ...state, judging: false });
    };
    try {
      const judgement = await client.merge.judge({ session, ...inputOf(request) });
      if (request.reviewed !== true) this.#options.onConflicts(judgement.report.conflicts);
      put({ judgement, judgeFailure: undefined });
    } catch (thrown) {
      put({ judgement: undefined, judgeFailure: failureOf(thrown) });
    }
  }

  merge(request: MergeRequest): Promise<void> {
    return this.#act('merge', async ({ client, session }) => {
      const report = await client.merge.apply({ session, ...inputOf(request) });
      const into = request.into === undefined ? {} : { into: request.into };
      this.store.setState({ outcome: { of: 'merge', ...report, ...into } });
    });
  }

  /** Takes a merge back, the last one unless another is named. */
  undo(merge?: string): Promise<void> {
    return this.#act('undo', async ({ client, session }) => {
      const { restored, refused } = await client.merge.undo({ session, ...(merge === undefined ? {} : { merge }) });
      this.store.setState({ outcome: { of: 'undo', merged: restored, conflicts: [], left: [], refused } });
    });
  }

  /** Without paths: everything. */
  discard(paths?: readonly string[]): Promise<void> {
    return this.#act('discard', async ({ client, session }) => {
      await client.changes.discard({ session, ...(paths === undefined ? {} : { paths: [...paths] }) });
    });
  }

  async loadHistory(): Promise<void> {
    const { client, session, onFailure } = this.#options;
    try {
      this.store.setState({ history: (await client.merge.history({ session })).merges });
    } catch (thrown) {
      onFailure(thrown);
    }
  }

  /** Does one thing at a time. */
  async #act(busy: MergeState['busy'], work: (options: MergeStoreOptions) => Promise<void>): Promise<void> {
    if (this.store.getState().busy !== undefined) return;
    this.store.setState({ busy, outcome: undefined, details: 'closed' });
    try {
      await work(this.#options);
    } catch (thrown) {
      this.#options.onFailure(thrown);
    } finally {
      this.store.setState({ busy: undefined });
    }
    await this.#options.onDone();
  }
}

function inputOf({ reviewed, paths, into }: MergeRequest): { reviewed?: boolean; paths?: string[]; into?: string } {
  return {
    ...(reviewed === undefined ? {} : { reviewed }),
    ...(paths === undefined ? {} : { paths: [...paths] }),
    ...(into === undefined ? {} : { into }),
  };
}
