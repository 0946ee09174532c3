import { createHash } from 'node:crypto';
import {
  closeSync,
  cpSync,
  createReadStream,
  createWriteStream,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SessionId } from '../schema/entities.ts';
import { silentLogger } from '../main/base/logger.ts';
import { Secret } from '../main/base/secret.ts';
import { Changes } from '../main/kernel/changes/changes.ts';
import { BlobStore } from '../main/platform/blob-store/blob-store.ts';
import { memoryOwnerRecords } from '../main/platform/blob-store/memory-owner-records.ts';
import { OwnedBlobs } from '../main/platform/blob-store/owned-blobs.ts';
import { directTextWork } from '../main/kernel/changes/diff/direct-text-work.fixture.ts';
import { diskLayerEditor } from '../main/platform/workspace-files/disk-layer-editor.ts';
import { diskLayerReader } from '../main/platform/workspace-files/disk-layer-reader.ts';
import { diskWorkspaces } from '../main/platform/workspace-files/disk-workspace.ts';
import { FileBaseRecords } from '../main/platform/workspace-files/file-base-records.ts';
import { FileContentStores } from '../main/platform/workspace-files/file-content-store.ts';
import { FileMergeJournal } from '../main/platform/workspace-files/file-merge-journal.ts';
import { longestIdleTurn, longestTurn } from './longest-turn.ts';
import { type Metrics, timeMetric } from './metric.ts';

const FILES = 10_000;
/** Files of the workspace that nobody changes. */
const OTHERS = 90_000;
const FILES_IN_A_FOLDER = 100;
const GIB = 1024 ** 3;
const CHUNK_BYTES = 1024 * 1024;

export interface ChangesBenchOptions {
  readonly files?: number;
  readonly others?: number;
  readonly largeBytes?: number;
  readonly rounds?: number;
}

/** Half of the files are new, half are modified; each beside the plainest code that reads or writes the same files. */
export async function changesBench(options: ChangesBenchOptions = {}): Promise<Metrics> {
  const { files = FILES, others = OTHERS, largeBytes = GIB, rounds = 3 } = options;
  const times = { list: [], merge: [], large: [], diff: [] } as Record<string, number[]>;
  const floors = { list: [], merge: [], large: [], diff: [] } as Record<string, number[]>;
  for (let round = 0; round < rounds; round++) {
    using bench = new ChangesHome();
    bench.fill(files);
    bench.fillOthers(others);
    floors['list']?.push(await timed(() => plainList(bench)));
    times['list']?.push(await timed(() => bench.list()));
    for (let opened = 0; opened < 20; opened++) {
      const path = `d${opened}/f${opened * FILES_IN_A_FOLDER}`;
      floors['diff']?.push(await timed(() => plainDiff(bench, path)));
      times['diff']?.push(await timed(() => bench.diff(path)));
    }
    floors['merge']?.push(await timed(() => plainMerge(bench)));
    times['merge']?.push(await timed(() => bench.merge()));
  }
  const turns = await longestTurns(files, rounds);
  const memories: number[] = [];
  // The first round is not counted: it also pays for memory that the machine has not used before.
  for (let round = 0; round <= rounds; round++) {
    using bench = new ChangesHome();
    bench.fillLarge(largeBytes);
    await bench.list();
    const floor = await timed(() => plainCopy(join(bench.upper, 'large'), join(bench.plain, 'large')));
    rmSync(join(bench.plain, 'large'));
    const memory = new PeakMemory();
    const time = await timed(() => bench.merge());
    const grownMib = memory.end();
    if (round === 0) continue;
    memories.push(grownMib);
    floors['large']?.push(floor);
    times['large']?.push(time);
  }
  const metric = (name: string) => timeMetric(times[name] ?? [], 'ms', floors[name]);
  return {
    list_10000: metric('list'),
    merge_10000: metric('merge'),
    merge_1gib: metric('large'),
    diff_open: metric('diff'),
    merge_1gib_memory: timeMetric(memories, 'MiB'),
    list_longest_turn: timeMetric([turns.list], 'ms', [turns.idle]),
    merge_longest_turn: timeMetric([turns.merge], 'ms', [turns.idle]),
  };
}

/** How long the thread is held at most; the best of the rounds, as whatever else runs on the machine only adds to it. */
async function longestTurns(files: number, rounds: number): Promise<Record<'idle' | 'list' | 'merge', number>> {
  const longest = { idle: Infinity, list: Infinity, merge: Infinity };
  for (let round = 0; round < rounds; round++) {
    using bench = new ChangesHome();
    bench.fill(files);
    longest.idle = Math.min(longest.idle, await longestIdleTurn());
    longest.list = Math.min(longest.list, await longestTurn(() => bench.list()));
    longest.merge = Math.min(longest.merge, await longestTurn(() => bench.merge()));
  }
  return longest;
}

const SAMPLE_MS = 10;

/** How much the process grew at most since it was made. */
class PeakMemory {
  readonly #before = process.memoryUsage.rss();
  #most = this.#before;
  readonly #timer = setInterval(() => this.#sample(), SAMPLE_MS);

  /** In MiB. */
  end(): number {
    clearInterval(this.#timer);
    this.#sample();
    return (this.#most - this.#before) / (1024 * 1024);
  }

  #sample(): void {
    this.#most = Math.max(this.#most, process.memoryUsage.rss());
  }
}

async function timed(work: () => unknown): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** A workspace, a session's layer over it, and a place for the plain code to write to. */
class ChangesHome implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), 'cavern-bench-changes-'));
  readonly workspace = join(this.#root, 'workspace');
  readonly upper = join(this.#root, 'sessions', 's', 'upper');
  readonly plain = join(this.#root, 'plain');
  readonly #session = 's' as SessionId; // a name of that form
  #changes: Changes | undefined;

  constructor() {
    for (const folder of [this.workspace, this.upper, this.plain]) mkdirSync(folder, { recursive: true });
  }

  fill(files: number): void {
    for (let file = 0; file < files; file++) {
      const folder = `d${Math.floor(file / FILES_IN_A_FOLDER)}`;
      if (file % FILES_IN_A_FOLDER === 0) {
        for (const root of [this.workspace, this.upper]) mkdirSync(join(root, folder));
      }
      const text = `file ${file}\n`.repeat(100);
      if (file % 2 === 0) writeFileSync(join(this.workspace, folder, `f${file}`), text);
      writeFileSync(join(this.upper, folder, `f${file}`), `${text}changed\n`);
    }
    cpSync(this.workspace, this.plain, { recursive: true });
  }

  fillOthers(files: number): void {
    for (let file = 0; file < files; file++) {
      const folder = join(this.workspace, `other${Math.floor(file / FILES_IN_A_FOLDER)}`);
      if (file % FILES_IN_A_FOLDER === 0) mkdirSync(folder);
      writeFileSync(join(folder, `f${file}`), `${file}\n`);
    }
  }

  fillLarge(bytes: number): void {
    const chunk = Buffer.alloc(CHUNK_BYTES, 'large');
    const fd = openSync(join(this.upper, 'large'), 'w');
    for (let written = 0; written < bytes; written += chunk.length) writeSync(fd, chunk);
    fsyncSync(fd);
    closeSync(fd);
  }

  get #service(): Changes {
    const { workspace, upper } = this;
    const startedAtMs = Date.now() + 1000;
    const session = this.#session;
    const layer = { session, workspace, upper, mask: '', maskedPaths: [], startedAtMs, strategy: 'overlay' as const };
    this.#changes ??= new Changes({
      layers: { layer: () => layer, isRunning: () => false },
      reader: diskLayerReader,
      workspaces: diskWorkspaces,
      contents: contentsIn(join(this.#root, 'blobs')),
      bases: new FileBaseRecords(join(this.#root, 'sessions')),
      journal: new FileMergeJournal(join(this.#root, 'merges')),
      editor: diskLayerEditor,
      looksSecret: () => false,
      texts: directTextWork,
      now: () => Date.now(),
      logger: silentLogger,
    });
    return this.#changes;
  }

  get #request() {
    return { session: this.#session, signal: new AbortController().signal };
  }

  list() {
    return this.#service.list(this.#request);
  }

  diff(path: string) {
    return this.#service.diff({ ...this.#request, path });
  }

  merge() {
    return this.#service.merge({ ...this.#request, mode: 'apply' });
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** Reads and hashes both sides of every file in the layer. */
function plainList(bench: ChangesHome): number {
  let changed = 0;
  for (const path of filesBelow(bench.upper)) {
    const digests = [bench.upper, bench.workspace].map((root) => {
      const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
      return (
        stat &&
        createHash('sha256')
          .update(readFileSync(join(root, path)))
          .digest('hex')
      );
    });
    if (digests[0] !== digests[1]) changed++;
  }
  return changed;
}

function plainDiff(bench: ChangesHome, path: string): number {
  return [bench.upper, bench.workspace].reduce((size, root) => size + readFileSync(join(root, path), 'utf8').length, 0);
}

/** A temporary file, a sync and a rename for each file; a sync for each folder. */
function plainMerge(bench: ChangesHome): void {
  const folders = new Set<string>();
  for (const path of filesBelow(bench.upper)) {
    const target = join(bench.plain, path);
    const fd = openSync(`${target}.tmp`, 'w');
    writeSync(fd, readFileSync(join(bench.upper, path)));
    fsyncSync(fd);
    closeSync(fd);
    renameSync(`${target}.tmp`, target);
    folders.add(join(target, '..'));
  }
  for (const folder of folders) syncPath(folder);
}

async function plainCopy(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from, { highWaterMark: CHUNK_BYTES }), createWriteStream(`${to}.tmp`));
  syncPath(`${to}.tmp`);
  renameSync(`${to}.tmp`, to);
  syncPath(join(to, '..'));
}

function syncPath(path: string): void {
  const fd = openSync(path, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

function contentsIn(folder: string): FileContentStores {
  const key = new Secret(new Uint8Array(32).fill(7));
  const blobs = new OwnedBlobs(BlobStore.open({ folder, key }), memoryOwnerRecords());
  return new FileContentStores({ folder, key, blobs });
}
