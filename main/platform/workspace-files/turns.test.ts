import { expect, test, vi } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../schema/contract/app.ts';
import { VirtualClock } from '../../base/clock.ts';
import { AutomaticMerges } from '../../kernel/changes/merge/automatic-merge.ts';
import { watchChanges } from '../../kernel/changes/session/change-watch.ts';
import { Changes, type ChangesOptions } from '../../kernel/changes/changes.ts';
import type { WorkspaceFiles } from '../../kernel/changes/files/workspace-files.ts';
import { type LayerFixture, layerFixture, plant, type PlantedTree, whiteout } from './layer-fixture.ts';
import { WorkMeter } from './work-meter.fixture.ts';

const { signal } = new AbortController();
/** It only guards against hanging. */
vi.setConfig({ testTimeout: 300_000 });

/** The kernel holds its thread no longer than this. */
const TURN_MS = 8;
const FILES = 600;
const FOLDERS = 100;

function files(text: string, from: number, to: number): PlantedTree {
  const paths = Array.from({ length: to - from }, (_, at) => `d${(from + at) % FOLDERS}/f${from + at}`);
  return Object.fromEntries(paths.map((path) => [path, `${text} ${path}\n`]));
}

/** Many files and folders in every way: changed, new, gone, moved, a folder that is gone, one that became a file. */
function manyChanges(): LayerFixture {
  const fixture = layerFixture({
    workspace: {
      ...files('old', 0, FILES),
      ...Object.fromEntries(Object.entries(files('gone', 0, FILES)).map(([path, text]) => [`gone/${path}`, text])),
      ...Object.fromEntries(Object.entries(files('flat', 0, 300)).map(([path, text]) => [`flat/${path}`, text])),
    },
  });
  plant(fixture.upper, { ...files('new', FILES / 2, FILES * 1.5), flat: 'a file now\n' });
  const moved = Object.entries(files('gone', 0, FILES)).map(([path, text]) => [`moved/${path}`, text] as const);
  plant(fixture.upper, Object.fromEntries(moved.slice(0, FILES / 2)));
  whiteout(fixture.upper, 'gone');
  return fixture;
}

/** A disk that is full as soon as everything was written. */
function fullDisk({ workspaces }: ChangesOptions): WorkspaceFiles {
  return {
    async open(workspace) {
      const tree = await workspaces.open(workspace);
      return new Proxy(tree, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name, target);
          if (name === 'syncStaged') throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
          return typeof member === 'function' ? (member.bind(target) as unknown) : member;
        },
      });
    },
  };
}

function automatic(changes: Changes): AutomaticMerges {
  const settings = { ...DEFAULT_SETTINGS.automaticMerge, enabled: true };
  return new AutomaticMerges({ changes, settings: () => settings, isReviewed: async () => false });
}

test('listing, watching, judging, merging, giving up and taking back thousands of changes never holds the thread for long', async () => {
  using fixture = manyChanges();
  const request = { session: fixture.session, signal };
  using meter = new WorkMeter(TURN_MS);
  const failing = new Changes(meter.watch({ ...fixture.options, workspaces: fullDisk(fixture.options) }));
  await expect(failing.merge({ ...request, mode: 'apply' })).rejects.toMatchObject({ code: 'disk_full' });
  const changes = new Changes(meter.watch(fixture.options));
  const listed = await changes.list(request);
  await changes.list(request);
  const paths = Array.from(listed, (change) => change.path);
  await changes.merge({ ...request, paths, mode: 'preview' });
  await changes.mergeSubjects(request);
  const { outcome } = await changes.foresee(request);
  await automatic(changes).judge(request, outcome);
  for await (const { more } of watchChanges({ views: changes.views, clock: new VirtualClock() }, request)) {
    if (more !== true) break;
  }
  const { merged } = await changes.merge({ ...request, mode: 'apply' });
  await changes.history(fixture.session);
  const { restored, refused } = await changes.undo(request);
  expect({ merged: merged.length > FILES, restored: restored.length > FILES, refused }).toEqual({
    merged: true,
    restored: true,
    refused: [],
  });
  expect(meter.tooLong).toEqual([]);
});
