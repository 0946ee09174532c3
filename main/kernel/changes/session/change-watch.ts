import type { ChangesEvent } from '../../../../schema/contract/changes.ts';
import type { Change } from '../../../../schema/entities.ts';
import type { Clock } from '../../../base/clock.ts';
import { type ChangeItem, type ChangeSet, toChange } from '../listing/change-item.ts';
import { sameState } from '../files/file-state.ts';
import type { BytePath } from '../files/byte-path.ts';
import { toText } from '../files/byte-path.ts';
import type { SessionViews, ViewRequest } from './session-views.ts';

export interface ChangeWatchOptions {
  readonly views: SessionViews;
  readonly clock: Clock;
}

const SHORTEST_MS = 500;
/** At most this share of the time is spent on looking. */
const SHARE = 1 / 10;

/**
 * A session's changes, then what differs from one look to the next. It looks every half second, more rarely where a look
 * is costly, and at once when somebody else has looked: after a merge, an undo, a list.
 */
export async function* watchChanges(
  { views, clock }: ChangeWatchOptions,
  request: ViewRequest,
): AsyncGenerator<ChangesEvent, void, undefined> {
  const { signal } = request;
  let seen: ChangeSet | undefined;
  while (!signal.aborted) {
    const startedMs = clock.now();
    const set = await views.run(request, async (view) => view.set);
    const event = seen === undefined ? everything(set) : difference(seen, set);
    seen = set;
    if (event) yield event;
    await nextLook({ views, clock }, request, Math.max(SHORTEST_MS, (clock.now() - startedMs) / SHARE));
  }
}

function everything(set: ChangeSet): ChangesEvent {
  return { first: true, changes: set.items.map(toChange), gone: [] };
}

/** Undefined when nothing differs. */
function difference(before: ChangeSet, after: ChangeSet): ChangesEvent | undefined {
  const former = new Map<BytePath, ChangeItem>(before.items.map((item) => [item.path, item]));
  const changes: Change[] = [];
  for (const item of after.items) {
    const old = former.get(item.path);
    former.delete(item.path);
    if (old === undefined || !sameItem(old, item)) changes.push(toChange(item));
  }
  const gone = [...former.keys()].map(toText);
  return changes.length + gone.length === 0 ? undefined : { first: false, changes, gone };
}

function sameItem(a: ChangeItem, b: ChangeItem): boolean {
  return (
    a.kind === b.kind &&
    a.from === b.from &&
    a.ignored === b.ignored &&
    a.secret === b.secret &&
    a.conflict === b.conflict &&
    sameState(a.after, b.after)
  );
}

/** Waits, but not past the next time that somebody else reads the session's changes, nor the end of the call. */
async function nextLook({ views, clock }: ChangeWatchOptions, request: ViewRequest, delayMs: number): Promise<void> {
  const done = new AbortController();
  const signal = AbortSignal.any([request.signal, done.signal]);
  using _timer = clock.setTimer(delayMs, () => done.abort());
  for await (const session of views.reads(signal)) {
    if (session === request.session) break;
  }
  done.abort();
}
