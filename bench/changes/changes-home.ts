import { execFileSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../main/base/logger.ts';
import { Secret } from '../../main/base/secret.ts';
import { Changes } from '../../main/kernel/changes/changes.ts';
import { directTextWork } from '../../main/kernel/changes/diff/direct-text-work.fixture.ts';
import { BlobStore } from '../../main/platform/blob-store/blob-store.ts';
import { memoryOwnerRecords } from '../../main/platform/blob-store/memory-owner-records.ts';
import { OwnedBlobs } from '../../main/platform/blob-store/owned-blobs.ts';
import { diskLayerEditor } from '../../main/platform/workspace-files/layers/disk-layer-editor.ts';
import { diskLayerReader } from '../../main/platform/workspace-files/layers/disk-layer-reader.ts';
import { diskWorkspaces } from '../../main/platform/workspace-files/folders/disk-workspace.ts';
import { FileBaseRecords } from '../../main/platform/workspace-files/records/file-base-records.ts';
import { FileContentStores } from '../../main/platform/workspace-files/contents/file-content-store.ts';
import { FileMergeJournal } from '../../main/platform/workspace-files/records/file-merge-journal.ts';
import type { SessionId } from '../../schema/entities.ts';

export const FILES_IN_A_FOLDER = 100;
export const CHUNK_BYTES = 1024 * 1024;

/** A workspace, a session's layer over it, and a place for the plain code to write to. */
export class ChangesHome implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), 'cavern-bench-changes-'));
  readonly workspace = join(this.#root, 'workspace');
  readonly upper = join(this.#root, 'upper');
  readonly plain = join(this.#root, 'plain');

  constructor() {
    for (const folder of [this.workspace, this.upper, this.plain]) mkdirSync(folder, { recursive: true });
  }

  /** Half of the files that the session changed are new. */
  fillLayer(files: number): void {
    for (let file = 0; file < files; file++) {
      const folder = join(this.upper, `d${Math.floor(file / FILES_IN_A_FOLDER)}`);
      if (file % FILES_IN_A_FOLDER === 0) mkdirSync(folder);
      writeFileSync(join(folder, `f${file}`), `${textOf(file)}changed\n`);
    }
  }

  /** The folders of the workspace that hold what the session changed, as they were; a second time in place of what became of them. */
  fillWorkspace(files: number): void {
    for (let file = 0; file < files; file++) {
      const folder = join(this.workspace, `d${Math.floor(file / FILES_IN_A_FOLDER)}`);
      if (file % FILES_IN_A_FOLDER === 0) {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder);
      }
      if (file % 2 === 0) writeFileSync(join(folder, `f${file}`), textOf(file));
    }
  }

  /** The same beside the workspace, for the plain code. */
  fillPlain(files: number): void {
    rmSync(this.plain, { recursive: true });
    mkdirSync(this.plain);
    for (let folder = 0; folder < files / FILES_IN_A_FOLDER; folder++) {
      cpSync(join(this.workspace, `d${folder}`), join(this.plain, `d${folder}`), { recursive: true });
    }
  }

  /** Files of the workspace that nobody changes. */
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
    closeSync(fd);
  }

  /** What was written so far is on the disk: nothing that comes is measured while it is still written. */
  settle(): void {
    const fd = openSync(this.#root, 'r');
    fsyncSync(fd);
    closeSync(fd);
    execFileSync('sync', ['-f', this.#root]);
  }

  /** A session over these folders that nobody has looked at yet. */
  session(): BenchSession {
    const { workspace, upper } = this;
    return new BenchSession({ workspace, upper, records: mkdtempSync(join(this.#root, 'records-')) });
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

function textOf(file: number): string {
  return `file ${file}\n`.repeat(100);
}

interface BenchFolders {
  readonly workspace: string;
  readonly upper: string;
  /** Where what is kept of the session goes. */
  readonly records: string;
}

/** The services for one session. */
export class BenchSession {
  readonly #changes: Changes;
  readonly #session = 's' as SessionId; // a name of that form

  constructor({ workspace, upper, records }: BenchFolders) {
    const session = this.#session;
    const startedAtMs = Date.now() + 1000;
    const layer = { session, workspace, upper, mask: '', maskedPaths: [], startedAtMs, strategy: 'overlay' as const };
    mkdirSync(join(records, 'sessions', session), { recursive: true });
    this.#changes = new Changes({
      layers: { layer: () => layer, isRunning: () => false },
      reader: diskLayerReader,
      workspaces: diskWorkspaces,
      contents: contentsIn(join(records, 'blobs')),
      bases: new FileBaseRecords(join(records, 'sessions')),
      journal: new FileMergeJournal(join(records, 'merges')),
      editor: diskLayerEditor,
      looksSecret: () => false,
      texts: directTextWork,
      now: () => Date.now(),
      logger: silentLogger,
    });
  }

  get #request() {
    return { session: this.#session, signal: new AbortController().signal };
  }

  list() {
    return this.#changes.list(this.#request);
  }

  diff(path: string) {
    return this.#changes.diff({ ...this.#request, path });
  }

  merge() {
    return this.#changes.merge({ ...this.#request, mode: 'apply' });
  }

  undo() {
    return this.#changes.undo(this.#request);
  }
}

function contentsIn(folder: string): FileContentStores {
  const key = new Secret(new Uint8Array(32).fill(7));
  const blobs = new OwnedBlobs(BlobStore.open({ folder, key }), memoryOwnerRecords());
  return new FileContentStores({ folder, key, blobs });
}
