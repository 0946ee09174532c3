import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Changes } from '../../kernel/changes/changes.ts';
import { type LayerFixture, type PlantedTree, layerFixture, picture, plant, whiteout } from './layer-fixture.ts';

/** Counts what is done to the disk, and from the given count on does nothing any more: a crash, at a point that can be named. */
class Crash {
  #left: number;

  constructor(after: number) {
    this.#left = after;
  }

  get left(): number {
    return this.#left;
  }

  wrap<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        const bound: (...args: unknown[]) => unknown = member.bind(target);
        if (name === 'of') return (...args: unknown[]) => this.wrap(Object(bound(...args)));
        if (name === 'open') return async (...args: unknown[]) => this.wrap(Object(await bound(...args)));
        return WRITES.has(String(name)) ? (...args: unknown[]) => this.#count(() => bound(...args)) : bound;
      },
    });
  }

  #count(write: () => unknown): unknown {
    if (this.#left-- <= 0) return Promise.reject(new Error('The process has crashed'));
    return write();
  }
}

const WRITES = new Set(
  'stageFile stageSymlink syncStaged place removeFile removeFolder makeFolder syncFolders begin advance append put sync'.split(
    ' ',
  ),
);

function crashing(fixture: LayerFixture, crash: Crash): Changes {
  const { workspaces, journal, bases, contents } = fixture.options;
  return new Changes({
    ...fixture.options,
    workspaces: crash.wrap(workspaces),
    journal: crash.wrap(journal),
    bases: crash.wrap(bases),
    contents: crash.wrap(contents),
  });
}

const { signal } = new AbortController();
/** With those of restores (snapshots/restore-crash.test.ts) 500 in the long run. */
const KILLS = process.env['CAVERN_LONG'] === undefined ? 5 : 175;
/** Only guards against hanging. */
const LIMIT_MS = 3_600_000;
const FILES = 40;

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

/** Gives how long the act took until it ended or was killed. */
async function killed(fixture: LayerFixture, act: 'merge' | 'undo', afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, fixture.root, JSON.stringify(fixture.layer), act], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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

const LONG_TEXT = Array.from({ length: 300 }, (_, line) => `line ${line}\n`).join('');
/** Modes, links, bytes that are no text, and files that are moved. */
const EVERY_KIND: PlantedTree = {
  run: { text: 'same\n', mode: 0o644 },
  tool: { text: 'gone\n', mode: 0o755 },
  private: { text: 'old\n', mode: 0o600 },
  link: { link: 'run' },
  'gone-link': { link: 'nowhere' },
  'link-to-file': { link: 'run' },
  binary: Buffer.from([0, 1, 2, 255]),
  'moved/from': LONG_TEXT,
};
const EVERY_KIND_AFTER: PlantedTree = {
  run: { text: 'same\n', mode: 0o755 },
  private: { text: 'new\n', mode: 0o640 },
  link: { link: '../elsewhere' },
  'new-link': { link: 'tool' },
  'link-to-file': 'a file now\n',
  binary: Buffer.from([255, 0, 254]),
  'moved/to': `${LONG_TEXT}more\n`,
  'empty/folder': { folder: true },
};

function bigFixture(fileCount = FILES): LayerFixture {
  const files = Array.from({ length: fileCount }, (_, index) => [`d${index % 4}/f${index}`, `old ${index}`]);
  const workspace = { ...Object.fromEntries(files), 'was/a': 'a', file: 'f', ...EVERY_KIND };
  const fixture = layerFixture({ workspace });
  for (const [path, text] of files) {
    const index = Number(path?.split('f')[1]);
    if (index % 5 === 0) whiteout(fixture.upper, path ?? '');
    else plant(fixture.upper, { [path ?? '']: `new ${text}`, [`made/${index}/x`]: `added ${index}` });
  }
  plant(fixture.upper, { was: 'a file', 'file/b': 'b', ...EVERY_KIND_AFTER });
  for (const gone of ['gone-link', 'tool', 'moved/from']) whiteout(fixture.upper, gone);
  return fixture;
}

/** What must hold of any moment: each path that both pictures have is as in one of them. */
function expectWholeFiles(
  now: Record<string, string>,
  before: Record<string, string>,
  after: Record<string, string>,
): void {
  for (const [path, state] of Object.entries(now)) {
    if (path.includes('.cavern-merge-')) continue;
    expect([before[path], after[path]], path).toContain(state);
  }
}

test(
  'a merge that is killed at any point leaves whole files, and ends as it was or as it should be',
  async () => {
    using model = bigFixture();
    const before = picture(model.workspace);
    const tookMs = await killed(model, 'merge', 60_000);
    const after = picture(model.workspace);
    const ends = new Set<string>();
    for (let round = 0; round < KILLS; round++) {
      using fixture = bigFixture();
      await killed(fixture, 'merge', (tookMs * (round + 0.5)) / KILLS);
      expectWholeFiles(picture(fixture.workspace), before, after);
      const changes = fixture.restarted();
      await changes.resumeInterrupted();
      const now = picture(fixture.workspace);
      ends.add(now['was'] === before['was'] ? 'before' : 'after');
      expect(now).toEqual(now['was'] === before['was'] ? before : after);
      const left = await changes.list({ session: fixture.session, signal });
      expect(left.length === 0).toBe(now['was'] !== before['was']);
      if (left.length > 0) await changes.merge({ session: fixture.session, mode: 'apply', signal });
      expect(picture(fixture.workspace)).toEqual(after);
      await changes.undo({ session: fixture.session, signal });
      expect(picture(fixture.workspace)).toEqual(before);
    }
    // How far a process gets in a given time is the machine's affair; with many rounds both ends are seen.
    if (KILLS > 100) expect([...ends].sort()).toEqual(['after', 'before']);
  },
  LIMIT_MS,
);

test(
  'an undo that is killed at any point leaves whole files, and ends as it was or as it should be',
  async () => {
    using model = bigFixture();
    const before = picture(model.workspace);
    await model.changes.merge({ session: model.session, mode: 'apply', signal });
    const after = picture(model.workspace);
    const tookMs = await killed(model, 'undo', 60_000);
    expect(picture(model.workspace)).toEqual(before);
    for (let round = 0; round < KILLS; round++) {
      using fixture = bigFixture();
      await fixture.changes.merge({ session: fixture.session, mode: 'apply', signal });
      await killed(fixture, 'undo', (tookMs * (round + 0.5)) / KILLS);
      expectWholeFiles(picture(fixture.workspace), before, after);
      const changes = fixture.restarted();
      await changes.resumeInterrupted();
      const now = picture(fixture.workspace);
      if (now['was'] !== before['was']) {
        expect(now).toEqual(after);
        await changes.undo({ session: fixture.session, signal });
      }
      expect(picture(fixture.workspace)).toEqual(before);
    }
  },
  LIMIT_MS,
);

test(
  'a merge and its undo that crash at any operation are ended by the next start',
  async () => {
    using model = bigFixture(6);
    const before = picture(model.workspace);
    await model.changes.merge({ session: model.session, mode: 'apply', signal });
    const after = picture(model.workspace);
    const ends: string[] = [];
    for (let operations = 0, ended = false; !ended; operations++) {
      using fixture = bigFixture(6);
      const crash = new Crash(operations);
      const request = { session: fixture.session, signal };
      await crashing(fixture, crash)
        .merge({ ...request, mode: 'apply' })
        .catch(() => undefined);
      ended = crash.left >= 0;
      expectWholeFiles(picture(fixture.workspace), before, after);
      const changes = fixture.restarted();
      await changes.resumeInterrupted();
      const now = picture(fixture.workspace);
      ends.push(now['was'] === before['was'] ? 'before' : 'after');
      expect(now, `after ${operations} operations`).toEqual(ends.at(-1) === 'before' ? before : after);
      if (ends.at(-1) === 'before') await changes.merge({ ...request, mode: 'apply' });
      expect(await changes.list(request)).toEqual([]);
      const undoing = new Crash(operations);
      await crashing(fixture, undoing)
        .undo(request)
        .catch(() => undefined);
      ended &&= undoing.left >= 0;
      const restarted = fixture.restarted();
      await restarted.resumeInterrupted();
      if (picture(fixture.workspace)['was'] !== before['was']) await restarted.undo(request);
      expect(picture(fixture.workspace), `undo after ${operations} operations`).toEqual(before);
    }
    expect([...new Set(ends)]).toEqual(['before', 'after']);
  },
  LIMIT_MS,
);
