import type { DiffSide } from '../../../../schema/contract/changes.ts';
import type { Change } from '../../../../schema/entities.ts';
import { type BytePath, toText } from '../files/byte-path.ts';
import { type ChangeItem, toChange } from '../listing/change-item.ts';
import type { Content } from '../files/content.ts';
import { toDiffSide } from '../diff/diff-side.ts';
import { ABSENT, type FileState, sameState } from '../files/file-state.ts';
import { reading } from '../files/read-trouble.ts';
import { NOTHING, Observer } from '../listing/observer.ts';
import { Pace, sortPaced } from '../pace.ts';
import type { SessionView } from '../session/session-view.ts';
import type { TextWork } from '../diff/text-operations.ts';
import type { SessionViews, ViewRequest } from '../session/session-views.ts';

/** What one state of a session has at a path. */
interface Side {
  readonly state: FileState;
  content(): Promise<Content>;
}

/** Two states of sessions, side by side: those of one session, or of two that work on folders with the same files. */
class SideBySide {
  readonly #items = new Map<BytePath, ChangeItem>();
  readonly #moved = new Set<BytePath>();
  readonly #view: SessionView;
  readonly #workspace: Observer;

  constructor(view: SessionView, now: () => number) {
    this.#view = view;
    this.#workspace = new Observer({ tree: view.workspace, memory: new Map(), now });
    for (const item of view.set.items) {
      if (item.hidden) continue;
      this.#items.set(item.path, item);
      if (item.from !== undefined) this.#moved.add(item.from);
    }
  }

  get paths(): readonly BytePath[] {
    return [...this.#items.keys(), ...this.#moved];
  }

  isMarked(path: BytePath): Pick<Change, 'ignored' | 'secret'> {
    const item = this.#items.get(path);
    return { ...(item?.ignored ? { ignored: true } : {}), ...(item?.secret ? { secret: true } : {}) };
  }

  /** What the session did not change shows through from the workspace. */
  async at(path: BytePath): Promise<Side> {
    const item = this.#items.get(path);
    const written = () => this.#view.written.content(path);
    if (item) return { state: item.after, content: written };
    if (this.#moved.has(path)) return { state: ABSENT, content: written };
    const { state } = await this.#workspace.observe(path);
    return { state, content: () => this.#view.workspace.content(path) };
  }
}

export interface CompareOptions {
  readonly views: SessionViews;
  readonly now: () => number;
  readonly texts: TextWork;
}

async function withBoth<T>(
  { views, now }: CompareOptions,
  requests: readonly [ViewRequest, ViewRequest],
  work: (before: SideBySide, after: SideBySide) => Promise<T>,
): Promise<T> {
  // Always in the same order: two comparisons of the same sessions must not wait for each other.
  const turned = keyOf(requests[0]) > keyOf(requests[1]);
  const [outer, inner] = turned ? [requests[1], requests[0]] : requests;
  return views.run(outer, async (first) => {
    const sides = (second: SessionView): Promise<T> => {
      const [before, after] = turned ? [second, first] : [first, second];
      return work(new SideBySide(before, now), new SideBySide(after, now));
    };
    return keyOf(outer) === keyOf(inner) ? sides(first) : views.run(inner, sides);
  });
}

function keyOf({ session, snapshot }: ViewRequest): string {
  return `${session}/${snapshot ?? ''}`;
}

/** The paths in which two states differ, in byte order; a change reads from the first to the second. */
export async function compareStates(
  options: CompareOptions,
  requests: readonly [ViewRequest, ViewRequest],
): Promise<Change[]> {
  return withBoth(options, requests, async (before, after) => {
    const changes: Change[] = [];
    const pace = new Pace(requests[0].signal);
    for (const path of await sortPaced([...new Set([...before.paths, ...after.paths])])) {
      if (pace.due) await pace.breathe();
      const [old, fresh] = [(await before.at(path)).state, (await after.at(path)).state];
      if (sameState(old, fresh) || (isNothing(old) && isNothing(fresh))) continue;
      const kind = isNothing(old) ? 'added' : fresh.type === 'absent' ? 'deleted' : 'modified';
      const marks = { ...before.isMarked(path), ...after.isMarked(path) };
      changes.push(toDifference({ path, kind, base: old, after: fresh }, marks));
    }
    return changes;
  });
}

function isNothing(state: FileState): boolean {
  return state.type === 'absent' || state.type === 'folder';
}

function toDifference(
  difference: Pick<ChangeItem, 'path' | 'kind' | 'base' | 'after'>,
  marks: Pick<Change, 'ignored' | 'secret'>,
): Change {
  const flags = { ignored: marks.ignored === true, secret: marks.secret === true, hidden: false, conflict: false };
  return toChange({ ...difference, ...flags, current: NOTHING });
}

/** One path in both states. */
export async function compareFile(
  options: CompareOptions,
  requests: readonly [ViewRequest, ViewRequest],
  path: string,
): Promise<{ before: DiffSide; after: DiffSide }> {
  return withBoth(options, requests, async (before, after) => {
    const known = [...before.paths, ...after.paths].find((each) => toText(each) === path);
    // What neither session changed is not looked up: only changes are compared.
    if (known === undefined) return { before: { kind: 'absent' }, after: { kind: 'absent' } };
    const [old, fresh] = [await before.at(known), await after.at(known)];
    return reading(path, async () => ({
      before: await toDiffSide(old.state, () => old.content(), options.texts),
      after: await toDiffSide(fresh.state, () => fresh.content(), options.texts),
    }));
  });
}
