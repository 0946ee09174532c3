import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import type {
  PackageProblem,
  PackageSource,
  PluginPackage,
  PluginStore,
  StagedPackage,
} from '../../kernel/plugins/ports.ts';
import { syncFolder } from '../files/atomic-file.ts';
import { unpackArchive } from './package-archive.ts';
import { MANIFEST, PACKAGE_LIMIT_BYTES } from './package-limits.ts';
import { pluginFolders } from './plugin-folders.ts';

const INDEX = 'index.json';
const OTHERS_MAY_WRITE = 0o002;
const INDEX_LIMIT_BYTES = 4 * 1024 * 1024;

export interface PluginStoreOptions {
  /** Where packages lie by digest; sandboxes see it, read-only. */
  readonly store: string;
  /** On the same disk; nobody sees it. */
  readonly staging: string;
}

const UNREADABLE: Readonly<Record<string, readonly [why: string, fix: string]>> = {
  ENOENT: ['there is nothing of that name', 'Mind the path; cavern plugin pack DIR prints which file it wrote.'],
  EACCES: ['it is not yours to read', 'Have its owner let you read it, or copy it where you may.'],
};

function unreadable(what: string, thrown: unknown): Fault {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const [why, fix] = UNREADABLE[code] ?? [thrown instanceof Error ? thrown.message : String(thrown)];
  return new Fault('unreadable', `Cannot read "${what}": ${why}`, fix === undefined ? {} : { fix });
}

function notStored(action: string, thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault('storage_failed', `Cannot ${action} the plugin: ${why}`, { cause: thrown });
}

function unlessAbsent(thrown: unknown): void {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer); // no encoding: Buffers
  return hash.digest('hex');
}

const refusedWith = (problem: PackageProblem): PluginPackage => ({
  manifest: undefined,
  files: [],
  problems: [problem],
});

async function readText(folder: string, path: string, limitBytes: number): Promise<string | undefined> {
  try {
    const file = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { size } = await file.stat();
      return size > limitBytes ? undefined : await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** A folder is looked at where it lies, and only what may be in a package is copied. */
async function copyFolder(source: string, folder: string): Promise<PackageProblem | undefined> {
  const found = await pluginFolders().read(source);
  if (found.problems[0] !== undefined) return found.problems[0];
  const manifest = found.manifest === undefined ? [] : [MANIFEST];
  for (const path of [...manifest, ...found.files.map((file) => file.path)]) {
    await mkdir(join(folder, dirname(path)), { recursive: true, mode: 0o755 });
    await copyFile(join(source, path), join(folder, path), constants.COPYFILE_EXCL);
    await chmod(join(folder, path), 0o644);
  }
  return undefined;
}

interface Unpacked {
  readonly problem: PackageProblem | undefined;
  /** SHA-256 of what was unpacked. */
  readonly archive?: string;
}

/** An archive is copied first: what is compared with the pin is what is unpacked. */
async function unpackPinned({ source, pin }: PackageSource, folder: string): Promise<Unpacked> {
  const { size } = await stat(source);
  if (size > PACKAGE_LIMIT_BYTES) {
    return { problem: { code: 'too_large', message: `it has more than ${PACKAGE_LIMIT_BYTES} bytes`, path: '' } };
  }
  const copy = `${folder}.tgz`;
  try {
    await copyFile(source, copy, constants.COPYFILE_EXCL);
    const archive = await sha256Of(copy);
    if (pin !== undefined && archive !== pin) {
      const message = 'the archive is not the one that the index names';
      return { problem: { code: 'digest_mismatch', message, path: '' } };
    }
    return { problem: await unpackArchive(copy, folder), archive };
  } finally {
    await rm(copy, { force: true });
  }
}

/** The plugins of a home, on its disk. */
export function pluginStore({ store, staging }: PluginStoreOptions): PluginStore {
  const readingOf = (folder: string, content: PluginPackage) => ({
    folder,
    content,
    readText: (path: string, limitBytes: number) => readText(folder, path, limitBytes),
    storeFolder: (digest: string) => join(store, digest),
  });
  const fill = async (source: PackageSource, folder: string): Promise<Pick<StagedPackage, 'content' | 'archive'>> => {
    const kind = await stat(source.source).catch((thrown: unknown) => {
      throw unreadable(source.source, thrown);
    });
    if (!kind.isDirectory() && !kind.isFile()) throw unreadable(source.source, 'it is neither file nor folder');
    const { problem, ...rest } = kind.isDirectory()
      ? { problem: await copyFolder(source.source, folder) }
      : await unpackPinned(source, folder);
    return { ...rest, content: problem === undefined ? await pluginFolders().read(folder) : refusedWith(problem) };
  };
  return {
    async stage(source): Promise<StagedPackage> {
      if (!isAbsolute(source.source)) throw unreadable(source.source, 'the path is not absolute');
      const folder = await mkdtemp(join(staging, 'p-')).catch((thrown: unknown) => {
        throw notStored('unpack', thrown);
      });
      const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
      try {
        const { content, ...rest } = await fill(source, folder);
        return { ...readingOf(folder, content), ...rest, [Symbol.asyncDispose]: dispose };
      } catch (thrown) {
        await dispose();
        throw notStored('unpack', thrown);
      }
    },
    async read(digest) {
      const folder = join(store, digest);
      return readingOf(folder, await pluginFolders().read(folder));
    },
    async keep(staged, { digest, program }) {
      const target = join(store, digest);
      try {
        await chmod(staged.folder, 0o755);
        if (program !== undefined) await chmod(join(staged.folder, program), 0o755);
        // The same digest is the same package; but what lies there may have been tampered with.
        const aside = `${staged.folder}.old`;
        await rename(target, aside).catch(unlessAbsent);
        await rename(staged.folder, target);
        syncFolder(store);
        await rm(aside, { recursive: true, force: true });
      } catch (thrown) {
        throw notStored('install', thrown);
      }
    },
    async remove(digest) {
      await rm(join(store, digest), { recursive: true, force: true });
      syncFolder(store);
    },
    async sweep(keep) {
      for (const name of await readdir(staging)) await rm(join(staging, name), { recursive: true, force: true });
      for (const name of await readdir(store)) {
        if (!keep.has(name)) await rm(join(store, name), { recursive: true, force: true });
      }
    },
    async foreignTo(folder) {
      const kind = await lstat(folder).catch((thrown: unknown) => {
        throw unreadable(folder, thrown);
      });
      if (!isAbsolute(folder)) return 'its path is not absolute';
      if (!kind.isDirectory()) return 'it is no folder';
      if (process.getuid !== undefined && kind.uid !== process.getuid()) return 'it belongs to somebody else';
      return (kind.mode & OTHERS_MAY_WRITE) === 0 ? undefined : 'everybody on this machine may write into it';
    },
    async readIndex(folder) {
      if (!isAbsolute(folder)) throw unreadable(folder, 'the path is not absolute');
      try {
        const path = join(folder, INDEX);
        if ((await stat(path)).size > INDEX_LIMIT_BYTES) throw new Error('the index is too large');
        return { folder, text: await readFile(path, 'utf8') };
      } catch (thrown) {
        throw unreadable(join(folder, INDEX), thrown);
      }
    },
  };
}
