import { spawn } from 'node:child_process';
import { lstatSync, readdirSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Snapshots } from '../../kernel/changes/snapshots/snapshots.ts';
import { type LayerFixture, layerFixture, picture, plant, whiteout } from '../workspace-files/layer-fixture.ts';
import { DiskSnapshots } from './disk-snapshots.ts';

const KILLS = process.env['CAVERN_LONG'] === undefined ? 5 : 150;
const CHILD = fileURLToPath(new URL('./restore-child.ts', import.meta.url));
/** Only guards against hanging. */
const LIMIT_MS = 3_600_000;
const FILES = 60;

/** Gives how long the restore took until it ended or was killed. */
async function killed(args: readonly string[], afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let startedMs = 0;
  child.stdout.on('data', (said: Buffer) => {
    if (startedMs === 0) {
      startedMs = performance.now();
      void delay(afterMs).then(() => child.kill('SIGKILL'));
    }
    if (said.includes('ended')) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.on('close', resolve));
  return performance.now() - startedMs;
}

/** A restore brings the times of files back too. */
function portrait(root: string): Record<string, string> {
  const found = picture(root);
  for (const [path, what] of Object.entries(found)) {
    if (what.startsWith('file')) found[path] = `${what} of ${lstatSync(join(root, path)).mtimeMs}`;
  }
  return found;
}

async function keptFixture(): Promise<{ fixture: LayerFixture; args: string[]; kept: object; later: object }> {
  const fixture = layerFixture({ workspace: { gone: 'g' } });
  for (let file = 0; file < FILES; file++) {
    const path = `d${file % 5}/f${file}`;
    plant(fixture.upper, { [path]: { text: `kept ${file}`, mode: file % 2 === 0 ? 0o755 : 0o640 } });
    utimesSync(join(fixture.upper, path), 1_000_000, 1_000_000 + file);
  }
  plant(fixture.upper, { link: { link: 'd0' } });
  whiteout(fixture.upper, 'gone');
  const sessions = join(fixture.root, 'home', 'sessions');
  const { bases, contents } = fixture.options;
  const layers = { layer: () => fixture.layer, isRunning: () => false };
  const snapshots = new Snapshots({ store: new DiskSnapshots(sessions), layers, bases, contents, now: () => 1 });
  const { id } = await snapshots.create(fixture.changes.views, fixture.session, 'kept');
  const kept = portrait(fixture.upper);
  for (let file = 0; file < FILES; file++)
    plant(fixture.upper, { [`d${file % 5}/f${file}`]: `later ${file}`, gone: 'back', link: { link: 'd1' } });
  return {
    fixture,
    args: [sessions, JSON.stringify(fixture.layer), JSON.stringify(id)],
    kept,
    later: portrait(fixture.upper),
  };
}

test(
  'a restore that is killed at any point leaves the layer as it was or as it was kept, and nothing beside it',
  async () => {
    const model = await keptFixture();
    const tookMs = await killed(model.args, 60_000);
    expect(portrait(model.fixture.upper)).toEqual(model.kept);
    model.fixture[Symbol.dispose]();
    for (let round = 0; round < KILLS; round++) {
      const { fixture, args, kept, later } = await keptFixture();
      using _disposed = fixture;
      await killed(args, (tookMs * (round + 0.5)) / KILLS);
      await new DiskSnapshots(args[0] ?? '').recover();
      const now = portrait(fixture.upper);
      expect(now).toEqual(now['gone'] === 'special' ? kept : later);
      expect(readdirSync(dirname(fixture.upper)).sort()).toEqual(['snapshots', 'upper']);
    }
  },
  LIMIT_MS,
);
