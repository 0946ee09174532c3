import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { foldedPath, misleadingPath } from '../../kernel/plugins/packages/misleading-text.ts';
import type { PackageFile, PackageProblem, PluginFolders, PluginPackage } from '../../kernel/plugins/ports.ts';
import { FILE_LIMIT, MANIFEST, MANIFEST_LIMIT_BYTES, PACKAGE_LIMIT_BYTES } from './package-limits.ts';

interface Walk {
  readonly root: string;
  readonly files: PackageFile[];
  readonly problems: PackageProblem[];
  manifest: string | undefined;
  bytes: number;
  count: number;
  readonly folded: Set<string>;
}

function problem(walk: Walk, code: string, at: { message: string; path: string }): void {
  walk.problems.push({ code, ...at });
}

async function digest(walk: Walk, path: string): Promise<PackageFile | undefined> {
  // O_NOFOLLOW and O_NONBLOCK: what was a file when the folder was listed may have become something else.
  const file = await open(join(walk.root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    walk.bytes += size;
    if (walk.bytes > PACKAGE_LIMIT_BYTES) {
      problem(walk, 'too_large', { message: `its files have more than ${PACKAGE_LIMIT_BYTES} bytes`, path });
      return undefined;
    }
    const hash = createHash('sha256');
    for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk as Buffer); // no encoding: Buffers
    return { path, sizeBytes: size, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

async function readManifest(walk: Walk): Promise<void> {
  const file = await open(join(walk.root, MANIFEST), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    if (size <= MANIFEST_LIMIT_BYTES) walk.manifest = await file.readFile('utf8');
    else
      problem(walk, 'too_large', {
        message: `plugin.json has more than ${MANIFEST_LIMIT_BYTES} bytes`,
        path: MANIFEST,
      });
  } finally {
    await file.close();
  }
}

async function checkLink(walk: Walk, path: string): Promise<void> {
  const target = await readlink(join(walk.root, path));
  const leads = relative(walk.root, resolve(walk.root, dirname(path), target));
  const leaves = isAbsolute(target) || leads === '..' || leads.startsWith(`..${sep}`);
  problem(walk, leaves ? 'link_outside' : 'link', {
    message: `"${path}" is a link${leaves ? ' that leaves the folder' : '; pack the file itself'}`,
    path,
  });
}

/** On another disk two names may be one file, and to a person as well. */
function checkName(walk: Walk, path: string): void {
  const why = misleadingPath(path);
  if (why !== undefined) problem(walk, 'unsafe_path', { message: `"${path}" is refused: ${why}`, path });
  const folded = foldedPath(path);
  if (walk.folded.has(folded)) {
    problem(walk, 'case_collision', { message: `"${path}" is another file's name in other letters`, path });
  }
  walk.folded.add(folded);
}

/** Depth first, in the order of names. Gives up at the limits: what is refused anyway need not be read whole. */
async function walkFolder(walk: Walk, folder: string): Promise<void> {
  const entries = await readdir(join(walk.root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    walk.count += 1;
    if (walk.count > FILE_LIMIT) {
      if (walk.count === FILE_LIMIT + 1)
        problem(walk, 'too_many_files', { message: `there are more than ${FILE_LIMIT} files`, path });
      return;
    }
    if (walk.bytes > PACKAGE_LIMIT_BYTES) return;
    checkName(walk, path);
    if (entry.isDirectory()) await walkFolder(walk, path);
    else if (entry.isSymbolicLink()) await checkLink(walk, path);
    else if (!entry.isFile()) problem(walk, 'special_file', { message: `"${path}" is neither file nor folder`, path });
    else if (path === MANIFEST) await readManifest(walk);
    else {
      const file = await digest(walk, path);
      if (file) walk.files.push(file);
    }
  }
}

/** Plugins in folders of this machine's disk. */
export function pluginFolders(): PluginFolders {
  return {
    async list(folder) {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort();
    },
    async read(folder): Promise<PluginPackage> {
      const root = await realpath(folder);
      const walk: Walk = { root, files: [], problems: [], manifest: undefined, bytes: 0, count: 0, folded: new Set() };
      await walkFolder(walk, '');
      return { manifest: walk.manifest, files: walk.files, problems: walk.problems };
    },
  };
}
