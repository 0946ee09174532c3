import { expect, test } from 'vitest';
import type { LayerDocument } from '../../../schema/contract/policy.ts';
import { draftIsBehind, PolicyStore, shownText } from './policy-store.ts';

function document(part: Partial<LayerDocument>): LayerDocument {
  return {
    layer: 'user',
    path: 'policy.yaml',
    exists: true,
    text: 'mine',
    digest: 'd-mine',
    inForce: true,
    lastValid: false,
    errors: [],
    warnings: [],
    ...part,
  };
}

const comesAlong = document({ layer: 'default', path: 'default.yaml', text: 'default', digest: 'd-default' });

/** A store over documents that the test pushes; the text "broken" does not load. */
async function storeOn(documents: LayerDocument[]) {
  const pushed: ((documents: LayerDocument[]) => void)[] = [];
  const policy = {
    async *watch() {
      yield { documents };
      for (;;) yield { documents: await new Promise<LayerDocument[]>((resolve) => pushed.push(resolve)) };
    },
    show: async () => ({ loaded: true }),
    extensions: async () => ({ folder: '', state: 'none', rules: [], problem: null, restarts: 0, lastMs: null }),
    check: async ({ text }: { text: string }) => ({
      ok: text !== 'broken',
      errors: text === 'broken' ? [{ line: 1, column: 1, message: 'no' }] : [],
      warnings: [],
    }),
    sentences: async ({ text = 'in force' }: { text?: string }) => ({
      rules: [{ name: text, line: 1, action: 'allow', sentence: text, warnings: [] }],
      closing: '',
    }),
  };
  const store = new PolicyStore({
    // Only these calls are made by the store.
    client: { policy, tool: { list: async () => ({ tools: [] }) } } as never,
    calls: ['merge.apply'],
    onFailure: (thrown) => {
      throw thrown;
    },
  });
  void store.follow(new AbortController().signal);
  await expect.poll(() => store.store.getState().sentences).not.toEqual([]);
  return { store, push: (next: LayerDocument[]) => pushed.splice(0).forEach((resolve) => resolve(next)) };
}

test('without a document of one’s own the one that comes along is edited', async () => {
  const { store } = await storeOn([document({ exists: false, text: '' }), comesAlong]);
  expect(shownText(store.store.getState())).toBe('default');
  store.edit('default and more');
  expect(store.store.getState()).toMatchObject({ draft: 'default and more', draftBase: 'd-default' });
});

test('typing what is on the disk is no draft', async () => {
  const { store } = await storeOn([document({}), comesAlong]);
  store.edit('other');
  store.edit('mine');
  expect(store.store.getState().draft).toBeUndefined();
});

test('a draft is kept when somebody else writes the file, and says so', async () => {
  const { store, push } = await storeOn([document({}), comesAlong]);
  store.edit('draft');
  push([document({ text: 'theirs', digest: 'd-theirs' }), comesAlong]);
  await expect.poll(() => draftIsBehind(store.store.getState())).toBe(true);
  expect(shownText(store.store.getState())).toBe('draft');
  store.keepDraft();
  expect(draftIsBehind(store.store.getState())).toBe(false);
  store.discard();
  expect(shownText(store.store.getState())).toBe('theirs');
});

test('a draft that came into force is one no more', async () => {
  const { store, push } = await storeOn([document({}), comesAlong]);
  store.edit('draft');
  push([document({ text: 'draft', digest: 'd-draft' }), comesAlong]);
  await expect.poll(() => store.store.getState().draft).toBeUndefined();
});

test('of a text that does not load the rules before it are shown', async () => {
  const { store } = await storeOn([document({ text: 'broken' }), comesAlong]);
  expect(store.store.getState()).toMatchObject({ sentencesStale: true, sentences: [{ name: 'in force' }] });
});

test('of a text that does not load the errors are shown also where no rules are in force', async () => {
  const fails: unknown[] = [];
  const errors = [{ line: 1, column: 1, message: 'no' }];
  const policy = {
    async *watch() {
      yield { documents: [document({ text: 'broken', inForce: false, errors })] };
      await new Promise(() => undefined);
    },
    show: async () => ({ loaded: false }),
    extensions: async () => ({}),
    check: async () => ({ ok: false, errors, warnings: [] }),
    sentences: () => Promise.reject(new Error('nothing is in force')),
  };
  // Only these calls are made by the store.
  const client = { policy, tool: { list: async () => ({ tools: [] }) } } as never;
  const store = new PolicyStore({ client, calls: [], onFailure: (thrown) => fails.push(thrown) });
  void store.follow(new AbortController().signal);
  await expect
    .poll(() => store.store.getState())
    .toMatchObject({ findings: { errors }, sentencesStale: true, loaded: false });
  expect([fails, store.store.getState().sentences]).toEqual([[], []]);
});
