import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import { Changes, type ChangesOptions } from '../../kernel/changes/changes.ts';
import { type LayerFixture, layerFixture, plant, special } from './layer-fixture.ts';

const { signal } = new AbortController();
/** It only guards against hanging. */
vi.setConfig({ testTimeout: 600_000 });
const RUNS = process.env['CAVERN_LONG'] === undefined ? 60 : 3000;
const PATH = 'race/d/text.txt';

/** What something inside, or the operator, may make of a path between two looks at it. */
const SWAPS: Readonly<Record<string, (path: string, outside: string) => void>> = {
  'it is gone': () => undefined,
  'it is a link out of the workspace': (path, outside) => symlinkSync(outside, path),
  'it is a folder': (path) => mkdirSync(path),
  'it is another text': (path) => writeFileSync(path, 'quite another text\n'),
  'it is a named pipe': (path) => special(path, 'named pipe'),
  'it is a socket': (path) => special(path, 'socket'),
  'it is a mark that nothing is there': (path) => special(path, 'whiteout'),
  'nobody may read it': (path) => {
    writeFileSync(path, 'closed\n');
    chmodSync(path, 0);
  },
};

const ACTS: Readonly<Record<string, (changes: Changes, request: Request) => Promise<unknown>>> = {
  list: (changes, request) => changes.list(request),
  diff: (changes, request) => changes.diff({ ...request, path: PATH }),
  hunks: (changes, request) => changes.files.hunks({ ...request, path: PATH }),
  conflict: (changes, request) => changes.files.conflict({ ...request, path: PATH }),
  export: (changes, request) => changes.exportPatch(request),
  judge: (changes, request) => changes.merge({ ...request, mode: 'preview' }),
  merge: (changes, request) => changes.merge({ ...request, mode: 'apply' }),
  undo: async (changes, request) => {
    await changes.merge({ ...request, mode: 'apply' });
    return changes.undo(request);
  },
};
type Request = Pick<Parameters<Changes['list']>[0], 'session' | 'signal'>;

/** The disk, but for what happens just before the n-th call on a file of either side. */
function interrupted(options: ChangesOptions, at: number, happens: () => void): ChangesOptions {
  const { reader, workspaces } = options;
  let count = 0;
  const watched = <T extends object>(tree: T): T =>
    new Proxy(tree, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          if (count++ === at) happens();
          return member.apply(target, args) as unknown;
        };
      },
    });
  return {
    ...options,
    reader: { marks: (layer, ending) => reader.marks(layer, ending), open: (layer) => watched(reader.open(layer)) },
    workspaces: { open: async (workspace) => watched(await workspaces.open(workspace)) },
  };
}

/** Both sides changed the text in different places, so that a merge reads all three. */
function prepared(): LayerFixture {
  const fixture = layerFixture({ workspace: { [PATH]: 'one\ntwo\nthree\n', 'race/other.txt': 'other\n' } });
  plant(fixture.upper, { [PATH]: 'one\ntwo\nTHREE\n', 'race/new.txt': 'new\n' });
  return fixture;
}

test('whatever is swapped between two looks at it, the answer is an answer or a refusal with a name, and nothing is written outside', async () => {
  const swap = fc.record({
    act: fc.constantFrom(...Object.keys(ACTS)),
    what: fc.constantFrom(...Object.keys(SWAPS)),
    side: fc.constantFrom('upper' as const, 'workspace' as const),
    path: fc.constantFrom(PATH, dirname(PATH), 'race'),
    at: fc.integer({ min: 0, max: 70 }),
    listedBefore: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(swap, async ({ act, what, side, path, at, listedBefore }) => {
      using fixture = prepared();
      const outside = join(fixture.root, 'outside');
      mkdirSync(join(outside, 'd'), { recursive: true });
      for (const name of ['text.txt', 'd/text.txt']) writeFileSync(join(outside, name), 'secret of the host\n');
      const request = { session: fixture.session, signal };
      if (listedBefore) await fixture.changes.list(request);
      // The operator changed another line meanwhile.
      writeFileSync(join(fixture.workspace, PATH), 'ONE\ntwo\nthree\n');
      const options = interrupted(fixture.options, at, () => {
        const full = join(fixture[side], path);
        rmSync(full, { recursive: true, force: true });
        mkdirSync(dirname(full), { recursive: true });
        SWAPS[what]?.(full, outside);
      });
      const answer = await ACTS[act]?.(new Changes(options), request).catch((thrown: unknown) => thrown);
      if (answer instanceof Error && !(answer instanceof Fault)) throw answer;
      expect(JSON.stringify(answer)).not.toContain('secret of the host');
      for (const name of ['text.txt', 'd/text.txt']) {
        expect(readFileSync(join(outside, name), 'utf8')).toBe('secret of the host\n');
      }
    }),
    { numRuns: RUNS },
  );
});
