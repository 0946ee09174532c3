import { expect, test } from 'vitest';
import type { ChangesEvent } from '../../../../schema/contract/changes.ts';
import type { SessionId } from '../../../../schema/entities.ts';
import { Broadcast } from '../../../base/broadcast.ts';
import { VirtualClock } from '../../../base/clock.ts';
import { type BytePath, fromText } from '../files/byte-path.ts';
import { ABSENT } from '../files/file-state.ts';
import type { ChangeItem, ChangeSet } from '../listing/change-item.ts';
import { NOTHING } from '../listing/observer.ts';
import { type ChangeWatchOptions, watchChanges } from './change-watch.ts';

const session = 's1' as SessionId; // a name of that form

function setOf(paths: readonly string[]): ChangeSet {
  const flags = { ignored: false, secret: false, hidden: false, conflict: false };
  const item = (path: BytePath): ChangeItem => ({
    path,
    kind: 'added',
    base: ABSENT,
    after: { type: 'file', mode: 0o644, sizeBytes: 1, sha256: 'a' },
    current: NOTHING,
    ...flags,
  });
  return { items: paths.map((path) => item(fromText(path))), removedFolders: [] };
}

/** Looks that give what the test sets. */
class FakeViews {
  readonly #read = new Broadcast<SessionId>();
  set = setOf([]);
  looks = 0;

  get views(): ChangeWatchOptions['views'] {
    return {
      // The watch takes nothing of a view but its set, and nothing of a memory.
      run: async (_request, work) => {
        this.looks += 1;
        this.#read.publish(session);
        return work({ set: this.set } as never, {} as never);
      },
      reads: (signal) => this.#read.listen(signal),
      last: () => this.set,
    };
  }

  get watchers(): number {
    return this.#read.listenerCount;
  }

  /** Somebody else looks. */
  seen(set: ChangeSet): void {
    this.set = set;
    this.#read.publish(session);
  }
}

function paths(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `f${String(at).padStart(5, '0')}`);
}

async function nextLook(events: AsyncGenerator<ChangesEvent>): Promise<ChangesEvent[]> {
  const pieces: ChangesEvent[] = [];
  for (;;) {
    const { value } = await events.next();
    if (value === undefined) return pieces;
    pieces.push(value);
    if (value.more !== true) return pieces;
  }
}

test('a look at thousands of changes comes in pieces that together are the look', async () => {
  const fake = new FakeViews();
  fake.set = setOf(paths(600));
  const ended = new AbortController();
  const events = watchChanges({ views: fake.views, clock: new VirtualClock() }, { session, signal: ended.signal });
  const first = await nextLook(events);
  const second = nextLook(events);
  await expect.poll(() => fake.watchers, { timeout: 20_000 }).toBe(1);
  fake.seen(setOf(paths(10)));
  expect(first.map((piece) => [piece.first, piece.changes.length, piece.more])).toEqual([
    [true, 250, true],
    [false, 250, true],
    [false, 100, undefined],
  ]);
  expect(first.flatMap((piece) => piece.changes.map(({ path }) => path))).toEqual(paths(600));
  expect((await second).flatMap((piece) => piece.gone)).toEqual(paths(600).slice(10));
  ended.abort();
});

test('what somebody else saw is taken over without another look, so two watchers never set each other going', async () => {
  const fake = new FakeViews();
  const ended = new AbortController();
  const watch = () => watchChanges({ views: fake.views, clock: new VirtualClock() }, { session, signal: ended.signal });
  const [one, other] = [watch(), watch()];
  await nextLook(one);
  await nextLook(other);
  const seen = [nextLook(one), nextLook(other)];
  await expect.poll(() => fake.watchers, { timeout: 20_000 }).toBe(2);
  fake.seen(setOf(['new']));
  expect((await Promise.all(seen)).flat().map(({ changes }) => changes.map(({ path }) => path))).toEqual([
    ['new'],
    ['new'],
  ]);
  expect(fake.looks).toBe(2);
  ended.abort();
});
