import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import koffi from 'koffi';
import type { SessionId } from '../../../schema/entities.ts';
import { silentLogger } from '../../base/logger.ts';
import { Changes, type ChangesOptions } from '../../kernel/changes/changes.ts';
import type { SessionLayer } from '../../kernel/sandboxes/session-layer.ts';
import { directTextWork } from '../../kernel/changes/diff/direct-text-work.fixture.ts';
import { diskLayerEditor } from './layers/disk-layer-editor.ts';
import { diskLayerReader } from './layers/disk-layer-reader.ts';
import { diskWorkspaces } from './folders/disk-workspace.ts';
import { FileBaseRecords } from './records/file-base-records.ts';
import { Secret } from '../../base/secret.ts';
import { BlobStore } from '../blob-store/blob-store.ts';
import { memoryOwnerRecords } from '../blob-store/memory-owner-records.ts';
import { OwnedBlobs } from '../blob-store/owned-blobs.ts';
import { FileContentStores } from './contents/file-content-store.ts';
import { FileMergeJournal } from './records/file-merge-journal.ts';

/** What a test puts at a path: a file's text or bytes, a symlink, an empty folder. Modes default to 0644 and 0755. */
export type Planted =
  | string
  | Buffer
  | { readonly text: string | Buffer; readonly mode: number }
  | { readonly link: string }
  | { readonly folder: true };

export type PlantedTree = Readonly<Record<string, Planted>>;

/** Writes files below a folder; parents are made. */
export function plant(root: string, tree: PlantedTree): void {
  for (const [path, planted] of Object.entries(tree)) {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    rmSync(full, { recursive: true, force: true });
    if (typeof planted === 'string' || Buffer.isBuffer(planted)) {
      writeFileSync(full, planted);
      chmodSync(full, 0o644);
    } else if ('link' in planted) symlinkSync(planted.link, full);
    else if ('folder' in planted) mkdirSync(full);
    else {
      writeFileSync(full, planted.text);
      chmodSync(full, planted.mode);
    }
  }
}

/** Everything below a folder, as one value to compare: `path → what it is`. Folders have their own lines. */
export function picture(root: string, folder = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, folder)).sort()) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const stat = lstatSync(join(root, path));
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isSymbolicLink()) found[path] = `link ${readlinkSync(join(root, path))}`;
    else if (stat.isDirectory()) Object.assign(found, { [path]: `folder ${mode}` }, picture(root, path));
    else if (stat.isFile()) found[path] = `file ${mode} ${readFileSync(join(root, path)).toString('latin1')}`;
    else found[path] = 'special';
  }
  return found;
}

let mknod: ((path: string, mode: number, device: number) => number) | undefined;

/** The types of mknod(2) that an ordinary user may make. */
const SPECIAL = { whiteout: 0o020000, 'named pipe': 0o010600, socket: 0o140600 } as const;

/** Makes what is neither a file, a link nor a folder. */
export function special(path: string, what: keyof typeof SPECIAL): void {
  mknod ??= koffi.load('libc.so.6').func('int mknod(const char *path, unsigned int mode, unsigned long dev)');
  if (mknod(path, SPECIAL[what], 0) !== 0) throw new Error(`Cannot make a ${what} at ${path}`);
}

/** overlayfs' mark for a deleted path. */
export function whiteout(root: string, path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  special(join(root, path), 'whiteout');
}

let setxattr: ((path: string, name: string, value: Buffer, size: number, flags: number) => number) | undefined;

/** overlayfs' mark for a folder through which nothing shows. */
export function opaqueFolder(root: string, path: string): void {
  mkdirSync(join(root, path), { recursive: true });
  setxattr ??= koffi
    .load('libc.so.6')
    .func('int setxattr(const char *path, const char *name, const uint8_t *value, size_t size, int flags)');
  const failed = setxattr(join(root, path), 'user.overlay.opaque', Buffer.from('y'), 1, 0);
  if (failed) throw new Error(`Cannot mark ${path} as opaque`);
}

export interface LayerFixture extends Disposable {
  readonly root: string;
  readonly workspace: string;
  readonly upper: string;
  readonly session: SessionId;
  readonly layer: SessionLayer;
  readonly options: ChangesOptions;
  readonly changes: Changes;
  /** Services that know nothing but what is on the disk, as after a restart. */
  restarted(): Changes;
}

export interface FixtureOptions {
  readonly workspace?: PlantedTree;
  /** Another way to fill the workspace before the session starts. */
  readonly plantBefore?: (workspace: string) => void;
  readonly maskedPaths?: readonly string[];
  readonly strategy?: SessionLayer['strategy'];
  readonly running?: () => boolean;
  readonly looksSecret?: ChangesOptions['looksSecret'];
}

/** Longer than a tick of any file system's clock, so that what is written afterwards is younger than the layer. */
function waitForClock(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 12);
}

/** The services of a fixture's home. */
export function portsOf(root: string, layer: SessionLayer, options: FixtureOptions = {}): ChangesOptions {
  return {
    layers: { layer: () => layer, isRunning: () => options.running?.() ?? false },
    reader: diskLayerReader,
    workspaces: diskWorkspaces,
    contents: contentsIn(join(root, 'home', 'blobs')),
    bases: new FileBaseRecords(join(root, 'home', 'sessions')),
    journal: new FileMergeJournal(join(root, 'home', 'merges')),
    editor: diskLayerEditor,
    looksSecret: options.looksSecret ?? ((path) => /(^|\/)\.env/.test(path)),
    texts: directTextWork,
    now: () => Date.now(),
    logger: silentLogger,
  };
}

/** Old contents in a folder, their owners in memory. */
export function contentsIn(folder: string): FileContentStores {
  const key = new Secret(new Uint8Array(32).fill(7));
  return new FileContentStores({
    folder,
    key,
    blobs: new OwnedBlobs(BlobStore.open({ folder, key }), memoryOwnerRecords()),
  });
}

/** A workspace, a layer over it and the services on real folders. */
export function layerFixture(options: FixtureOptions = {}): LayerFixture {
  const root = mkdtempSync(join(tmpdir(), 'cavern-changes-'));
  const [workspace, sessions] = [join(root, 'workspace'), join(root, 'home', 'sessions')];
  const session = 's1' as SessionId; // a name of that form
  const upper = join(sessions, session, 'upper');
  mkdirSync(workspace);
  mkdirSync(upper, { recursive: true });
  plant(workspace, options.workspace ?? {});
  options.plantBefore?.(workspace);
  const strategy = options.strategy ?? 'overlay';
  if (strategy === 'copy') execFileSync('cp', ['-a', `${workspace}/.`, upper]);
  waitForClock();
  const startedAtMs = Date.now();
  waitForClock();
  const maskedPaths = options.maskedPaths ?? [];
  const layer: SessionLayer = { session, workspace, upper, mask: '', maskedPaths, startedAtMs, strategy };
  const ports = (): ChangesOptions => portsOf(root, layer, options);
  const first = ports();
  return {
    root,
    workspace,
    upper,
    session,
    layer,
    options: first,
    changes: new Changes(first),
    restarted: () => new Changes(ports()),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
