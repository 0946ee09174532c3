import { expect, test } from 'vitest';
import type { Change, SessionId } from '../../../schema/entities.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { ChangesStore } from './changes-store.ts';

const session = 's1' as SessionId;

function change(path: string, sha256 = 'a'): Change {
  return { path, kind: 'modified', sizeBytes: 1, sha256 };
}

/** A session whose changes the test sets; what the window asks for is written down. */
function fakeKernel() {
  const asked: string[] = [];
  const state = { changes: [change('a.ts'), change('b.ts')] };
  const client = {
    changes: {
      list: async () => {
        asked.push('list');
        return { changes: state.changes };
      },
      diff: async ({ path }: { path: string }) => {
        asked.push(`diff ${path}`);
        return { change: change(path), before: { kind: 'absent' }, after: { kind: 'absent' } };
      },
      discard: async ({ paths }: { paths?: string[] }) => ({ discarded: paths ?? [] }),
      export: async () => ({ patch: 'patch', left: [] }),
    },
    merge: {
      apply: async ({ paths }: { paths?: string[] }) => {
        asked.push(`merge ${paths?.join(' ') ?? 'all'}`);
        state.changes = state.changes.filter((one) => !(paths ?? [one.path]).includes(one.path));
        return { merged: paths ?? ['a.ts', 'b.ts'], conflicts: [], left: [], refused: [] };
      },
      undo: async () => ({ restored: ['a.ts'], refused: [] }),
    },
  };
  // Of the contract, only what the store calls.
  return { client: client as unknown as Pick<KernelClient, 'changes' | 'merge'>, asked, state };
}

test('merging some leaves the others and forgets the selection of what went', async () => {
  const kernel = fakeKernel();
  const changes = new ChangesStore({ client: kernel.client, session, onFailure: () => {} });
  await changes.load();
  changes.select(['a.ts'], 'add');
  await changes.merge(['a.ts']);
  const { changes: left, selected, outcome } = changes.store.getState();
  expect({
    asked: kernel.asked,
    left: left?.map((one) => one.path),
    selected: [...selected],
    merged: outcome?.merged,
  }).toEqual({
    asked: ['list', 'merge a.ts', 'list'],
    left: ['b.ts'],
    selected: [],
    merged: ['a.ts'],
  });
});

test('a diff is read again only when its file changed', async () => {
  const kernel = fakeKernel();
  const changes = new ChangesStore({ client: kernel.client, session, onFailure: () => {} });
  await changes.load();
  await changes.show('a.ts');
  await changes.load();
  kernel.state.changes = [change('a.ts', 'b'), change('b.ts')];
  await changes.load();
  expect(kernel.asked).toEqual(['list', 'diff a.ts', 'list', 'list', 'diff a.ts']);
});

test('asking again while the list is on its way reads it once more, not in parallel', async () => {
  const kernel = fakeKernel();
  const changes = new ChangesStore({ client: kernel.client, session, onFailure: () => {} });
  await Promise.all([changes.load(), changes.load(), changes.load()]);
  expect(kernel.asked).toEqual(['list', 'list']);
});
