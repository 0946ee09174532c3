import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AutomaticMergeSettings, DEFAULT_SETTINGS } from '../../../schema/contract/app.ts';
import { AutomaticMerges } from '../../kernel/changes/merge/automatic-merge.ts';
import { mergeCondition } from '../../kernel/changes/merge/merge-condition.ts';
import { Reviews } from '../../kernel/changes/review/reviews.ts';
import type { Caller } from '../../kernel/dispatch/context.ts';
import { FileReviewStore } from './records/file-review-store.ts';
import { type LayerFixture, layerFixture, picture, plant } from './layer-fixture.ts';

const { signal } = new AbortController();
const agent: Caller = { actor: 'agent:a', tags: ['agent'], containerId: 'c', peerPid: 1 };
const operator: Caller = { actor: 'operator', tags: ['operator'], containerId: '', peerPid: 0 };

function automaticOn(fixture: LayerFixture, changed: Partial<AutomaticMergeSettings> = {}) {
  const { session, changes } = fixture;
  const settings = { ...DEFAULT_SETTINGS.automaticMerge, enabled: true, ...changed };
  const store = new FileReviewStore(join(fixture.root, 'home', 'sessions'));
  const reviews = new Reviews({ store, now: () => 1, type: async () => undefined });
  const passed: string[] = [];
  const automatic = new AutomaticMerges({
    changes,
    settings: () => settings,
    isReviewed: async (id) => (await reviews.files(id)).size > 0,
    onPassed: (id) => passed.push(id),
  });
  const condition = mergeCondition({ automatic, reviews });
  const ask = (caller: Caller = agent) => condition({ session }, caller, signal);
  const test = async (ok: boolean) => (await automatic.testsBegin(session, signal))(ok);
  return { ask, test, reviews, passed };
}

const workspace = { 'src/a.ts': 'a\n', 'src/b.ts': 'b\n', 'src/gone.ts': 'g\n', 'package.json': '{}\n' };

test('a merge whose tests passed and whose criteria hold goes through, and just what was judged', async () => {
  using fixture = layerFixture({ workspace });
  plant(fixture.upper, { 'src/a.ts': 'A\n', 'src/new.ts': 'n\n' });
  const before = picture(fixture.workspace);
  const { ask, test: tested, passed } = automaticOn(fixture);
  expect((await ask())?.reasons).toEqual(['the tests of the session were not run']);
  await tested(false);
  expect((await ask())?.reasons).toEqual(['the tests failed']);
  await tested(true);
  const held = await ask();
  expect([held?.reasons, passed]).toEqual([[], [fixture.session]]);
  const request = { session: fixture.session, mode: 'apply', judged: held?.seal, signal } as const;
  const outcome = await fixture.changes.merge(request);
  expect(outcome.merged).toEqual(['src/a.ts', 'src/new.ts']);
  expect(picture(fixture.workspace)['src/new.ts']).toBe('file 644 n\n');
  await fixture.changes.undo({ session: fixture.session, signal });
  expect(picture(fixture.workspace)).toEqual(before);
});

test.each<[string, (fixture: LayerFixture) => void]>([
  ['the session writes once more', ({ upper }) => plant(upper, { 'src/a.ts': 'other\n' })],
  ['the session adds a file', ({ upper }) => plant(upper, { 'src/late.ts': 'l\n' })],
  ['the session changes a mode', ({ upper }) => chmodSync(join(upper, 'src/a.ts'), 0o755)],
  ['the operator changes the file', ({ workspace: folder }) => plant(folder, { 'src/a.ts': 'mine\n' })],
])('what was judged is not merged when %s before it is', async (_, change) => {
  using fixture = layerFixture({ workspace });
  plant(fixture.upper, { 'src/a.ts': 'A\n' });
  const { ask, test: tested } = automaticOn(fixture);
  await tested(true);
  const held = await ask();
  expect(held?.reasons).toEqual([]);
  change(fixture);
  const before = picture(fixture.workspace);
  const request = { session: fixture.session, mode: 'apply', judged: held?.seal, signal } as const;
  await expect(fixture.changes.merge(request)).rejects.toMatchObject({ code: 'merge_stale' });
  expect(picture(fixture.workspace)).toEqual(before);
});

test('everything else waits for a person, with the reason', async () => {
  const reasonsAfter = async (
    files: Parameters<typeof plant>[1],
    more: { settings?: Partial<AutomaticMergeSettings>; later?: (fixture: LayerFixture) => void } = {},
  ): Promise<readonly string[] | undefined> => {
    using fixture = layerFixture({ workspace });
    plant(fixture.upper, files);
    await fixture.changes.list({ session: fixture.session, signal });
    const { ask, test: tested } = automaticOn(fixture, more.settings);
    await tested(true);
    more.later?.(fixture);
    return (await ask())?.reasons;
  };
  const small = { 'src/a.ts': 'A\n' };
  expect({
    off: await reasonsAfter(small, { settings: { enabled: false } }),
    sensitive: await reasonsAfter({ 'package.json': '{"scripts":{}}\n' }),
    files: await reasonsAfter({ ...small, 'src/b.ts': 'B\n' }, { settings: { maxFiles: 1 } }),
    lines: await reasonsAfter({ 'src/a.ts': 'x\n'.repeat(5) }, { settings: { maxLines: 4 } }),
    binary: await reasonsAfter({ 'src/a.ts': Buffer.from([0, 1]) }),
    afterTests: await reasonsAfter(small, { later: ({ upper }) => plant(upper, { 'src/b.ts': 'B\n' }) }),
    secretLeft: await reasonsAfter({ ...small, '.env': 'A=1\n' }),
  }).toEqual({
    off: ['automatic merges are off in the settings'],
    sensitive: ['it touches package.json'],
    files: ['2 files are more than 1'],
    lines: ['more than 4 lines changed'],
    binary: ['"src/a.ts" is no text, so its size says nothing'],
    afterTests: ['something was changed since the tests passed'],
    secretLeft: ['".env" would not be as it was when the tests passed'],
  });
});

test('a text that both sides changed was not tested as it would be merged', async () => {
  using fixture = layerFixture({ workspace: { 'a.ts': '1\n2\n3\n4\n5\n' } });
  plant(fixture.upper, { 'a.ts': '1\n2\n3\n4\nfive\n' });
  await fixture.changes.list({ session: fixture.session, signal });
  plant(fixture.workspace, { 'a.ts': 'one\n2\n3\n4\n5\n' });
  const { ask, test: tested } = automaticOn(fixture);
  await tested(true);
  expect((await ask())?.reasons).toEqual(['"a.ts" would not be as it was when the tests passed']);
});

test('the operator who merges is the person; whose review has begun is waited for', async () => {
  using fixture = layerFixture({ workspace });
  plant(fixture.upper, { 'src/a.ts': 'A\n', 'src/b.ts': 'B\n' });
  const { ask, test: tested, reviews } = automaticOn(fixture);
  await tested(true);
  expect(await ask(operator)).toBeUndefined();
  await reviews.decide(fixture.session, [{ path: 'src/b.ts', verdict: 'rejected', sha256: null }]);
  expect((await ask())?.reasons).toEqual(['somebody is reviewing these changes']);
});
