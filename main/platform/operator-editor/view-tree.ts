import { chmod, lstat, mkdir, open, readdir, readlink, rename, symlink, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { WorkspaceView } from '../../../plugins/sdk/src/workspace-view.ts';
import { removeTree } from '../workspace-layer/remove-tree.ts';
import type { Planned, ViewPlan } from './view-plan.ts';

const CHUNK_BYTES = 1024 ** 2;
const CLOSED_FOLDER = 0o555;
const OPEN_FOLDER = 0o755;
const READABLE = 0o444;
const EXECUTABLE = 0o111;

/** Makes a folder hold what the plan says, and nothing else; nothing in it can be written to afterwards. What is as it was is left alone. */
export async function writeTree(view: WorkspaceView, plan: ViewPlan, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const names = new Map<string, string[]>([['', []]]);
  for (const [path, { type }] of plan.entries) {
    const folder = dirname(path) === '.' ? '' : dirname(path);
    names.get(folder)?.push(basename(path));
    if (type === 'folder') names.set(path, []);
  }
  for (const [folder, wanted] of names) await writeFolder({ view, plan, target }, folder, new Set(wanted));
}

interface Writing {
  readonly view: WorkspaceView;
  readonly plan: ViewPlan;
  readonly target: string;
}

async function writeFolder(writing: Writing, folder: string, wanted: ReadonlySet<string>): Promise<void> {
  const here = join(writing.target, folder);
  const stale: string[] = [];
  for (const name of await readdir(here)) if (!wanted.has(name)) stale.push(name);
  const changed: (readonly [name: string, planned: Planned])[] = [];
  for (const name of wanted) {
    const planned = writing.plan.entries.get(folder === '' ? name : `${folder}/${name}`);
    if (planned && !(await isAsPlanned(join(here, name), planned))) changed.push([name, planned]);
  }
  if (stale.length === 0 && changed.length === 0) return chmod(here, CLOSED_FOLDER);
  await chmod(here, OPEN_FOLDER);
  for (const name of stale) await removeTree(join(here, name));
  for (const [name, planned] of changed) await writeEntry(writing, join(here, name), planned);
  await chmod(here, CLOSED_FOLDER);
}

async function isAsPlanned(path: string, planned: Planned): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return false;
  if (planned.type === 'folder') return found.isDirectory();
  if (planned.type === 'link') return found.isSymbolicLink() && (await readlink(path)) === planned.to;
  const { sizeBytes, modifiedAtMs } = planned;
  return (
    found.isFile() &&
    found.size === sizeBytes &&
    // Seconds with a fraction, as the time was written, are not exact.
    Math.round(found.mtimeMs) === modifiedAtMs &&
    (found.mode & 0o777) === modeOf(planned)
  );
}

async function writeEntry({ view }: Writing, path: string, planned: Planned): Promise<void> {
  if (planned.type !== 'file') {
    await removeTree(path);
    return planned.type === 'folder' ? mkdir(path) : symlink(planned.to, path);
  }
  const fresh = `${path}.cavern-new`;
  await removeTree(fresh);
  if (!(await copyFile(view, planned, fresh))) return removeTree(fresh);
  const former = await lstat(path).catch(() => undefined);
  if (former?.isDirectory()) await removeTree(path);
  // Whoever reads it meanwhile sees the one or the other.
  await rename(fresh, path);
}

/** False where it went away meanwhile: the next time it is not in the plan. */
async function copyFile(
  view: WorkspaceView,
  planned: Extract<Planned, { type: 'file' }>,
  target: string,
): Promise<boolean> {
  let source: ReturnType<WorkspaceView['open']>;
  try {
    source = view.open(planned.from);
  } catch {
    return false;
  }
  try {
    const file = await open(target, 'wx', 0o600);
    try {
      for (let at = 0; at < planned.sizeBytes; ) {
        const bytes = await source.read(at, Math.min(CHUNK_BYTES, planned.sizeBytes - at));
        if (bytes.length === 0) break;
        await file.write(bytes);
        at += bytes.length;
      }
    } finally {
      await file.close();
    }
  } finally {
    source.close();
  }
  const seconds = planned.modifiedAtMs / 1000;
  await utimes(target, seconds, seconds);
  await chmod(target, modeOf(planned));
  return true;
}

function modeOf({ mode }: { readonly mode: number }): number {
  return (mode & 0o100) === 0 ? READABLE : READABLE | EXECUTABLE;
}
