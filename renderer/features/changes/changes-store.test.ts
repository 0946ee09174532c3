import { expect, test } from 'vitest';
import type { ChangesEvent } from '../../../schema/contract/changes.ts';
import type { Change, SessionId } from '../../../schema/entities.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { Fault } from '../../../schema/fault.ts';
import type { FileReview } from '../../../schema/contract/review.ts';
import { ChangesStore } from './changes-store.ts';
import { mergeNow } from './merge/merge-now.ts';
import { reviewOf } from './review-store.ts';

const session = 's1' as SessionId;

function change(path: string, sha256 = 'a'): Change {
  return { path, kind: 'modified', sizeBytes: 1, sha256 };
}

interface State {
  changes: Change[];
  files: FileReview[];
  events: ChangesEvent[];
  place: unknown;
  /** What a list, a watch or a decision fails with. */
  failure: Fault | undefined;
}

async function* from<T>(events: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* events;
}

function failing(failure: Fault): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }) };
}

/** A session whose changes the test sets; what the window asks for is written down. */
function fakeKernel() {
  const asked: string[] = [];
  const state: State = {
    changes: [change('a.ts'), change('b.ts')],
    files: [],
    events: [],
    place: undefined,
    failure: undefined,
  };
  const note = (text: string): void => void asked.push(text);
  const fail = (): void => {
    if (state.failure !== undefined) throw state.failure;
  };
  const answers: Record<string, (input: Input) => unknown> = {
    'changes.list': () => (fail(), { changes: state.changes }),
    'changes.diff': ({ path }) => {
      const found = state.changes.find((each) => each.path === path) ?? change(path ?? '');
      const side = found.sizeBytes > 1 ? { kind: 'long-text', sizeBytes: found.sizeBytes } : { kind: 'absent' };
      return { change: found, before: side, after: side };
    },
    'review.get': () => ({ files: state.files, comments: [], place: state.place }),
    'review.decide': ({ files }) => {
      fail();
      state.files = [...(files ?? [])];
      return { kept: 1 };
    },
    'merge.apply': () => {
      state.changes = state.changes.slice(1);
      return { merged: ['a.ts'], conflicts: [], left: [], refused: [] };
    },
  };
  const streams: Record<string, (input: Input) => unknown> = {
    'changes.watch': () => (state.failure === undefined ? from(state.events) : failing(state.failure)),
    'changes.read': ({ side }) =>
      from([
        { type: 'head', encoding: 'utf-8' },
        { type: 'text', text: `${side} text` },
      ]),
  };
  const area = (name: string) =>
    new Proxy(
      {},
      {
        get: (_target, member) => {
          const method = `${name}.${String(member)}`;
          const noted = (input: Input): void =>
            note([method, input.path, input.reviewed === true ? 'reviewed' : input.side].filter(Boolean).join(' '));
          const stream = streams[method];
          if (stream !== undefined) return (input: Input) => (noted(input), stream(input));
          return async (input: Input) => {
            noted(input);
            return answers[method]?.(input);
          };
        },
      },
    );
  // The fake answers what the tests ask, not every call of the contract.
  const client = {
    changes: area('changes'),
    merge: area('merge'),
    review: area('review'),
    snapshot: area('snapshot'),
  } as ClientOfChanges;
  const store = new ChangesStore({ client, session, onFailure: () => {} });
  return { store, asked, state };
}

type ClientOfChanges = Pick<KernelClient, 'changes' | 'merge' | 'review' | 'snapshot'>;
interface Input {
  readonly side?: string;
  readonly path?: string;
  readonly reviewed?: boolean;
  readonly files?: readonly FileReview[];
}

test('what was decided is what is merged, and the review is kept before', async () => {
  const { store, asked, state } = fakeKernel();
  await store.load();
  void store.review.decide([change('a.ts')], 'accepted');
  await mergeNow(store);
  expect({
    asked: asked.filter((each) => !/judge|diff/.test(each)),
    files: state.files.map(({ path, verdict }) => `${path} ${verdict}`),
    left: store.store.getState().changes?.map((one) => one.path),
    merged: store.merging.store.getState().outcome?.merged,
  }).toEqual({
    asked: ['changes.list', 'review.get', 'review.decide', 'merge.apply reviewed', 'changes.list', 'review.get'],
    files: ['a.ts accepted'],
    left: ['b.ts'],
    merged: ['a.ts'],
  });
});

test('hunks that are all decided alike decide the file', async () => {
  const { store, state } = fakeKernel();
  const hunk = { before: { start: 0, count: 1 }, after: { start: 0, count: 1 }, verdict: 'accepted' } as const;
  await store.review.decideHunks(change('a.ts'), [hunk], 2);
  const part = state.files.map((file) => file.verdict);
  await store.review.decideHunks(change('a.ts'), [hunk, hunk], 2);
  expect([part, state.files]).toEqual([['hunks'], [{ path: 'a.ts', sha256: 'a', verdict: 'accepted' }]]);
});

test('a decision on another content than there is now counts for nothing', () => {
  const files = new Map<string, FileReview>([['a.ts', { path: 'a.ts', sha256: 'a', verdict: 'accepted' }]]);
  expect([reviewOf(files, change('a.ts'))?.verdict, reviewOf(files, change('a.ts', 'b'))]).toEqual([
    'accepted',
    undefined,
  ]);
});

test('a diff is read again only when its file changed', async () => {
  const { store, asked, state } = fakeKernel();
  await store.load();
  await store.load();
  state.changes = [change('a.ts', 'b'), change('b.ts')];
  await store.load();
  expect(asked.filter((each) => each.startsWith('changes.diff'))).toEqual(['changes.diff a.ts', 'changes.diff a.ts']);
});

test('asking again while the list is on its way reads it once more, not in parallel', async () => {
  const { store, asked } = fakeKernel();
  await Promise.all([store.load(), store.load(), store.load()]);
  expect(asked.filter((each) => each === 'changes.list')).toEqual(['changes.list', 'changes.list']);
});

test('what is shown goes on to the next file when it was merged away', async () => {
  const { store } = fakeKernel();
  await store.load();
  await store.show('a.ts');
  await mergeNow(store);
  expect(store.store.getState().shown).toBe('b.ts');
});

test('the list is what the session has while it works, in the order of the paths', async () => {
  const { store, asked, state } = fakeKernel();
  state.events = [
    { first: true, changes: state.changes, gone: [] },
    { first: false, changes: [change('a/new.ts'), change('b.ts', 'b')], gone: ['a.ts'] },
  ];
  await store.load();
  const ended = new AbortController();
  const following = store.follow(ended.signal);
  const listed = () => store.store.getState().changes?.map(({ path, sha256 }) => `${path} ${sha256}`);
  await expect.poll(listed, { timeout: 20_000, interval: 5 }).toEqual(['a/new.ts a', 'b.ts b']);
  ended.abort();
  await following;
  expect(asked.filter((each) => each === 'changes.list')).toEqual(['changes.list']);
});

test('what is most likely a long text is asked for with its diff, not after it', async () => {
  const { store, asked, state } = fakeKernel();
  state.changes = [{ ...change('long.txt'), sizeBytes: 10_000_000 }];
  await store.load();
  await store.show('long.txt');
  const { diff } = store.store.getState();
  expect(asked.filter((each) => /read|diff/.test(each)).slice(0, 3)).toEqual([
    'changes.read long.txt before',
    'changes.read long.txt after',
    'changes.diff long.txt',
  ]);
  expect([diff?.before, diff?.after].map((side) => (side?.kind === 'text' ? side.text : side?.kind))).toEqual([
    'before text',
    'after text',
  ]);
});

test('what is decided while the review is being read is not lost', async () => {
  const { store } = fakeKernel();
  const reading = store.review.load();
  const deciding = store.review.decide([change('a.ts')], 'rejected');
  await Promise.all([reading, deciding]);
  expect(store.review.store.getState().files.get('a.ts')?.verdict).toBe('rejected');
});

const FULL = new Fault('disk_full', 'Cannot read the changes of the session: the disk is full');

test('what comes in pieces is shown with the last of them', async () => {
  const { store, state } = fakeKernel();
  const counts: (number | undefined)[] = [];
  store.store.subscribe(({ changes }) => counts.push(changes?.length));
  state.events = [
    { first: true, changes: [change('a.ts')], gone: [], more: true },
    { first: false, changes: [change('b.ts')], gone: [], more: true },
    { first: false, changes: [change('c.ts')], gone: [] },
    { first: false, changes: [change('d.ts')], gone: ['a.ts'], more: true },
    { first: false, changes: [], gone: ['b.ts'] },
  ];
  const ended = new AbortController();
  const following = store.follow(ended.signal);
  const listed = () => store.store.getState().changes?.map(({ path }) => path);
  await expect.poll(listed, { timeout: 20_000, interval: 5 }).toEqual(['c.ts', 'd.ts']);
  ended.abort();
  await following;
  expect([...new Set(counts)]).toEqual([3, 2]);
});

test('where only the count is seen, a long list is asked for once', async () => {
  const { store, asked, state } = fakeKernel();
  const lists = (): number => asked.filter((each) => each === 'changes.list').length;
  await store.loadForCount();
  state.changes = Array.from({ length: 1001 }, (_, at) => change(`f${String(at).padStart(4, '0')}`));
  await store.loadForCount();
  await store.loadForCount();
  expect([lists(), store.store.getState().changes?.length]).toEqual([2, 1001]);
});

test('a long list that is followed is not asked for in one answer as well', async () => {
  const { store, asked, state } = fakeKernel();
  const many = Array.from({ length: 1001 }, (_, at) => change(`f${String(at).padStart(4, '0')}`));
  state.events = [{ first: true, changes: many, gone: [] }];
  const ended = new AbortController();
  const following = store.follow(ended.signal);
  const count = () => store.store.getState().changes?.length;
  await store.load();
  await expect.poll(count, { timeout: 20_000, interval: 5 }).toBe(1001);
  await store.load();
  ended.abort();
  await following;
  expect(asked.filter((each) => each === 'changes.list')).toEqual([]);
});

test('a watch that fails says so, and goes on once the list can be read again', async () => {
  const { store, state } = fakeKernel();
  state.failure = FULL;
  state.events = [{ first: true, changes: [change('new.ts')], gone: [] }];
  const ended = new AbortController();
  const following = store.follow(ended.signal);
  const failure = () => store.store.getState().failure?.code;
  await expect.poll(failure, { timeout: 20_000, interval: 5 }).toBe('disk_full');
  state.failure = undefined;
  await store.load();
  const listed = () => store.store.getState().changes?.map(({ path }) => path);
  await expect.poll(listed, { timeout: 20_000, interval: 5 }).toEqual(['new.ts']);
  ended.abort();
  await following;
  expect(failure()).toBe(undefined);
});

test('a decision that could not be kept is not shown as if it were', async () => {
  const { store, state } = fakeKernel();
  state.failure = FULL;
  await store.review.decide([change('a.ts')], 'accepted');
  expect([...store.review.store.getState().files]).toEqual([]);
});

test('a window comes back to the file where one was, whether the list is asked for or followed', async () => {
  for (const way of ['load', 'follow'] as const) {
    const { store, state } = fakeKernel();
    state.place = { path: 'b.ts', top: 3 };
    state.events = [{ first: true, changes: state.changes, gone: [] }];
    const ended = new AbortController();
    const reading = way === 'load' ? store.load() : store.follow(ended.signal);
    await expect.poll(() => store.store.getState().shown, { timeout: 20_000, interval: 5 }).toBe('b.ts');
    ended.abort();
    await reading;
  }
});
