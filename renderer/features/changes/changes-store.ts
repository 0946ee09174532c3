import { shallow } from 'zustand/shallow';
import { createStore } from 'zustand/vanilla';
import type { ChangesEvent, DiffSide } from '../../../schema/contract/changes.ts';
import type { Change, Failure, SessionId } from '../../../schema/entities.ts';
import { failureOf, isCancelled } from '../../app/failure.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import {
  type Arrangement,
  type ChangeRow,
  changeRows,
  type Narrowing,
  ordinaryChanges,
  type RowsOptions,
  type Section,
} from './change-rows.ts';
import type { DiffOptions } from './diff/review-editor.ts';
import { readDiff, readEarly } from './diff/long-text.ts';
import { MergeStore } from './merge-store.ts';
import { reviewOf, ReviewStore } from './review-store.ts';

export interface Diff {
  readonly change: Change;
  readonly before: DiffSide;
  readonly after: DiffSide;
  readonly current?: DiffSide;
}

interface ChangesState {
  readonly changes: readonly Change[] | undefined;
  readonly loading: boolean;
  readonly failure: Failure | undefined;
  readonly filter: string;
  readonly kinds: ReadonlySet<Narrowing>;
  readonly arrangement: Arrangement;
  readonly open: ReadonlySet<Section>;
  readonly closed: ReadonlySet<string>;
  readonly shown: string | undefined;
  readonly diff: Diff | undefined;
  readonly diffFailure: Failure | undefined;
  readonly diffOptions: DiffOptions;
}

const NO_CHANGES: readonly Change[] = [];
/** Of more than so many changes the list is not asked for while it is followed. */
const LONG_LIST = 1000;

export interface ChangesStoreOptions {
  readonly client: Pick<KernelClient, 'changes' | 'merge' | 'review' | 'snapshot'>;
  readonly session: SessionId;
  readonly onFailure: (thrown: unknown) => void;
}

/** What one session changed, and what is shown of it. */
export class ChangesStore {
  readonly store = createStore<ChangesState>(() => ({
    changes: undefined,
    loading: false,
    failure: undefined,
    filter: '',
    kinds: new Set(),
    arrangement: 'list',
    open: new Set(),
    closed: new Set(),
    shown: undefined,
    diff: undefined,
    diffFailure: undefined,
    diffOptions: { layout: 'split', context: 'folded', whitespace: 'hidden', lines: 'cut' },
  }));
  readonly review: ReviewStore;
  readonly merging: MergeStore;
  readonly client: ChangesStoreOptions['client'];
  readonly session: SessionId;
  readonly onFailure: (thrown: unknown) => void;
  #loadAgain = false;
  /** Whether a watch tells what there is. */
  #isFollowed = false;
  /** What came of a look so far. */
  #pieces: ChangesEvent[] = [];
  #showing: AbortController | undefined;
  /** The list as the kernel gave it. */
  #listed: readonly Change[] = [];
  /** What a merge found to be changed on both sides in the same place; the list alone does not know. */
  #conflicts: ReadonlySet<string> = new Set();
  #drawn: { readonly of: RowsOptions; readonly rows: readonly ChangeRow[] } | undefined;

  constructor({ client, session, onFailure }: ChangesStoreOptions) {
    this.client = client;
    this.session = session;
    this.onFailure = onFailure;
    this.review = new ReviewStore({ client, session, onFailure, onDecided: () => this.#judgeSoon() });
    const onConflicts = (paths: readonly string[]): void => this.#markConflicts(new Set(paths));
    this.merging = new MergeStore({ client, session, onFailure, onConflicts, onDone: () => this.load() });
  }

  /** The list as it is drawn; the same array as long as nothing of it changed. */
  rows(): readonly ChangeRow[] {
    const { changes = NO_CHANGES, filter, kinds, arrangement, open, closed } = this.store.getState();
    const of: RowsOptions = { changes, filter, kinds, arrangement, open, closed };
    if (this.#drawn === undefined || !shallow(this.#drawn.of, of)) this.#drawn = { of, rows: changeRows(of) };
    return this.#drawn.rows;
  }

  /**
   * Reads the list and what was decided of it; asked again meanwhile, once more afterwards. While it is followed, a long
   * list and the first one come with that, in pieces: one answer would hold up the page.
   */
  async load(): Promise<void> {
    this.#loadAgain = true;
    if (this.store.getState().loading) return;
    this.store.setState({ loading: true });
    try {
      while (this.#loadAgain) {
        this.#loadAgain = false;
        const isFirst = this.store.getState().changes === undefined;
        const isComing = this.#isFollowed && (isFirst || this.#listed.length > LONG_LIST);
        const [listed] = await Promise.all([
          isComing ? undefined : this.client.changes.list({ session: this.session }),
          this.review.load(),
        ]);
        if (listed !== undefined) this.#receive(listed.changes);
      }
    } catch (thrown) {
      this.store.setState({ failure: failureOf(thrown) });
    } finally {
      this.store.setState({ loading: false });
    }
  }

  /** Reads the list where only its length is seen. A long one is read again when it is looked at. */
  async loadForCount(): Promise<void> {
    if (this.#isFollowed || this.#listed.length > LONG_LIST) return;
    await this.load();
  }

  /** Keeps the list as it is in the session while it works, for as long as the signal lasts; from where one was, at first. */
  async follow(signal: AbortSignal): Promise<void> {
    do {
      this.#isFollowed = true;
      await this.review.load();
      await follow({
        open: (inner) => this.client.changes.watch({ session: this.session }, { signal: inner }),
        onEvent: (event) => this.#follow(event),
        onFailure: (failure, next) => this.#onBroken(failure, next),
        signal,
      });
      this.#isFollowed = false;
    } while (await this.#isReadAgain(signal));
  }

  async show(path: string): Promise<void> {
    const { client, session } = this;
    this.#showing?.abort();
    const showing = new AbortController();
    this.#showing = showing;
    const isShown = (): boolean => this.#showing === showing;
    this.store.setState({ shown: path, diffFailure: undefined });
    try {
      const { signal } = showing;
      const early = readEarly(
        this.#listed.find((change) => change.path === path),
        { client, session, signal },
      );
      const diff = await client.changes.diff({ session, path }, { signal });
      const whole = await readDiff(diff, { client, session, signal }, early);
      if (isShown()) this.store.setState({ diff: whole });
    } catch (thrown) {
      if (!isShown() || isCancelled(thrown)) return;
      this.store.setState({ diff: undefined, diffFailure: failureOf(thrown) });
    }
  }

  set(state: Partial<Pick<ChangesState, 'filter' | 'arrangement'>>): void {
    this.store.setState(state);
  }

  setDiffOptions(options: Partial<DiffOptions>): void {
    this.store.setState(({ diffOptions }) => ({ diffOptions: { ...diffOptions, ...options } }));
  }

  toggleKind(kind: Narrowing): void {
    this.store.setState(({ kinds }) => ({ kinds: toggled(kinds, kind) }));
  }

  toggleSection(section: Section): void {
    this.store.setState(({ open }) => ({ open: toggled(open, section) }));
  }

  toggleFolder(path: string): void {
    this.store.setState(({ closed }) => ({ closed: toggled(closed, path) }));
  }

  /** What was accepted, or everything, as a patch; nothing where that failed. */
  async patch(): Promise<string | undefined> {
    const { client, session } = this;
    await this.review.settled();
    try {
      const reviewed = this.review.store.getState().files.size > 0;
      return (await client.changes.export({ session, reviewed })).patch;
    } catch (thrown) {
      this.onFailure(thrown);
      return undefined;
    }
  }

  /** What comes in pieces is taken up with the last of them. What was read meanwhile by other means may already have it. */
  #follow(event: ChangesEvent): void {
    if (event.first) this.#pieces = [];
    this.#pieces.push(event);
    if (event.more === true) return;
    const pieces = this.#pieces;
    this.#pieces = [];
    const listed = applied(this.#listed, pieces);
    const { changes, failure } = this.store.getState();
    const isNews = listed.length !== this.#listed.length || listed.some((one, at) => !isSame(one, this.#listed[at]));
    if (changes === undefined || failure !== undefined || isNews) this.#receive(listed);
  }

  /** A session that is gone says so elsewhere. */
  #onBroken(failure: Failure, next: 'again' | 'final'): void {
    if (next === 'final' && failure.code !== 'not_found') this.store.setState({ failure });
  }

  /** True once the list can be read again after a failure that ended the watch; false where there was none, or it is over. */
  #isReadAgain(signal: AbortSignal): Promise<boolean> {
    const isFailed = (): boolean => this.store.getState().failure !== undefined;
    if (signal.aborted || !isFailed()) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (): void => {
        unsubscribe();
        signal.removeEventListener('abort', end);
        resolve(!signal.aborted);
      };
      const unsubscribe = this.store.subscribe(() => (isFailed() ? undefined : end()));
      signal.addEventListener('abort', end, { once: true });
    });
  }

  #receive(listed: readonly Change[]): void {
    this.#listed = listed;
    const changes = listed.map((change) => this.#marked(change));
    const { shown, diff, changes: former } = this.store.getState();
    const wanted = shown ?? this.review.store.getState().place.path;
    const isThere = changes.some((change) => change.path === wanted);
    const next = isThere ? wanted : this.#nearest(former ?? [], changes, shown);
    this.store.setState({
      changes,
      failure: undefined,
      ...(next === shown ? {} : { shown: next, diff: undefined, diffFailure: undefined }),
    });
    this.#judgeSoon();
    if (changes.length > 0 && this.review.store.getState().files.size > 0) void this.merging.findConflicts();
    if (next === undefined) return;
    const stamp = (list: readonly Change[] | undefined): string => stampOf(list?.find((one) => one.path === next));
    if (next !== shown || diff === undefined || stamp(changes) !== stamp(former)) void this.show(next);
  }

  #marked(change: Change): Change {
    return this.#conflicts.has(change.path) && !change.conflict ? { ...change, conflict: true } : change;
  }

  #markConflicts(conflicts: ReadonlySet<string>): void {
    const isSame = conflicts.size === this.#conflicts.size && [...conflicts].every((path) => this.#conflicts.has(path));
    if (isSame) return;
    this.#conflicts = conflicts;
    this.#receive(this.#listed);
  }

  /** What stands where something that is gone stood: one goes on from there; at first, with the first. */
  #nearest(former: readonly Change[], changes: readonly Change[], gone: string | undefined): string | undefined {
    const ordinary = ordinaryChanges(changes);
    const there = new Set(ordinary.map((change) => change.path));
    const after = former.slice(former.findIndex((change) => change.path === gone) + 1);
    return (after.find((change) => there.has(change.path)) ?? ordinary[0])?.path;
  }

  #judgeSoon(): void {
    const { changes } = this.store.getState();
    if (changes === undefined || changes.length === 0) this.merging.judgeSoon(undefined);
    else this.merging.judgeSoon(this.review.store.getState().files.size > 0 ? { reviewed: true } : {});
  }
}

/** What would be merged and was neither accepted nor rejected. */
export function undecided({ store, review }: ChangesStore): readonly Change[] {
  const { files } = review.store.getState();
  return ordinaryChanges(store.getState().changes).filter((change) => reviewOf(files, change) === undefined);
}

/** The list after what came, by path as it comes from the kernel. */
function applied(listed: readonly Change[], pieces: readonly ChangesEvent[]): readonly Change[] {
  if (pieces[0]?.first === true) return pieces.flatMap((piece) => piece.changes);
  const byPath = new Map(listed.map((change) => [change.path, change]));
  for (const { gone } of pieces) for (const path of gone) byPath.delete(path);
  for (const { changes } of pieces) for (const change of changes) byPath.set(change.path, change);
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isSame(a: Change, b: Change | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || a.path !== b.path || a.kind !== b.kind || a.from !== b.from) return false;
  if (a.sha256 !== b.sha256 || a.sizeBytes !== b.sizeBytes || a.mode !== b.mode) return false;
  return a.ignored === b.ignored && a.secret === b.secret && a.conflict === b.conflict;
}

function toggled<T>(set: ReadonlySet<T>, member: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}

function stampOf(change: Change | undefined): string {
  return change === undefined ? '' : `${change.kind} ${change.sha256} ${change.mode} ${change.conflict}`;
}
