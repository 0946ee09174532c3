import type { ChangesEvent } from '../../../../schema/contract/changes.ts';
import type { Change } from '../../../../schema/entities.ts';
import type { Clock } from '../../../base/clock.ts';
import { type ChangeItem, type ChangeSet, toChange } from '../listing/change-item.ts';
import { sameState } from '../files/file-state.ts';
import type { BytePath } from '../files/byte-path.ts';
import { toText } from '../files/byte-path.ts';
import { Pace, eachPaced, mapPaced } from '../pace.ts';
import type { SessionViews, ViewRequest } from './session-views.ts';

export interface ChangeWatchOptions {
  readonly views: Pick<SessionViews, 'run' | 'reads' | 'last'>;
  readonly clock: Clock;
}

const SHORTEST_MS = 500;
/** At most this share of the time is spent on looking. */
const SHARE = 1 / 10;
/** So many paths go in one event: what is checked, sent and taken up at once takes neither side longer than a frame. */
const PIECE = 250;

/**
 * A session's changes, then what differs from one look to the next. It looks every half second, more rarely where a look
 * is costly; where somebody else has looked meanwhile, for a list or a merge, what they saw is taken at once.
 */
export async function* watchChanges(
  { views, clock }: ChangeWatchOptions,
  request: ViewRequest,
): AsyncGenerator<ChangesEvent, void, undefined> {
  const { signal } = request;
  let former: ChangeSet | undefined;
  let seen: ChangeSet | undefined;
  let costMs = 0;
  while (!signal.aborted) {
    if (seen === undefined) {
      const startedMs = clock.now();
      seen = await views.run(request, async (view) => view.set);
      costMs = clock.now() - startedMs;
    }
    const event = former === undefined ? await everything(seen, signal) : await difference(former, seen, signal);
    former = seen;
    if (event) yield* inPieces(event, signal);
    seen = await seenMeanwhile({ views, clock }, request, Math.max(SHORTEST_MS, costMs / SHARE));
  }
}

async function everything(set: ChangeSet, signal: AbortSignal): Promise<ChangesEvent> {
  return { first: true, changes: await mapPaced(set.items, toChange, signal), gone: [] };
}

/** Undefined when nothing differs. */
async function difference(before: ChangeSet, after: ChangeSet, signal: AbortSignal): Promise<ChangesEvent | undefined> {
  const former = new Map<BytePath, ChangeItem>();
  await eachPaced(before.items, (item) => former.set(item.path, item), signal);
  const changes: Change[] = [];
  const compare = (item: ChangeItem): void => {
    const old = former.get(item.path);
    former.delete(item.path);
    if (old === undefined || !sameItem(old, item)) changes.push(toChange(item));
  };
  await eachPaced(after.items, compare, signal);
  const gone = await mapPaced(former.keys(), toText, signal);
  return changes.length + gone.length === 0 ? undefined : { first: false, changes, gone };
}

/** The thread is given away between two pieces, so that each is sent by itself. */
async function* inPieces({ first, changes, gone }: ChangesEvent, signal: AbortSignal): AsyncGenerator<ChangesEvent> {
  const pace = new Pace(signal);
  const count = Math.max(changes.length, gone.length);
  for (let at = 0; at === 0 || at < count; at += PIECE) {
    if (at > 0) await pace.breathe();
    const [until, isFirst] = [at + PIECE, first && at === 0];
    const piece = { first: isFirst, changes: changes.slice(at, until), gone: gone.slice(at, until) };
    yield until < count ? { ...piece, more: true } : piece;
  }
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

/** What somebody else saw of the session's changes; undefined when nobody looked for so long, or the call has ended. */
async function seenMeanwhile(
  { views, clock }: ChangeWatchOptions,
  request: ViewRequest,
  delayMs: number,
): Promise<ChangeSet | undefined> {
  const done = new AbortController();
  const signal = AbortSignal.any([request.signal, done.signal]);
  using _timer = clock.setTimer(delayMs, () => done.abort());
  let seen: ChangeSet | undefined;
  for await (const session of views.reads(signal)) {
    if (session !== request.session) continue;
    seen = views.last(session);
    break;
  }
  done.abort();
  return seen;
}
