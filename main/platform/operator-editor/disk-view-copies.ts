import { createHash } from 'node:crypto';
import { chmod, mkdir, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { resolveInView } from '../../../plugins/sdk/src/view-path.ts';
import { Fault } from '../../../schema/fault.ts';
import type { FolderCopy, ViewCopies } from '../../kernel/editor/ports.ts';
import type { SessionLayer } from '../../kernel/sandboxes/session-layer.ts';
import { LayeredView } from '../plugin-files/layered-view.ts';
import { removeTree } from '../workspace-layer/remove-tree.ts';
import { type PlanLimits, planView } from './view-plan.ts';
import { writeTree } from './view-tree.ts';

const LIMIT_BYTES = 64 * 1024 ** 2;
const FOLDER_LIMITS: PlanLimits = { files: 20_000, bytes: 512 * 1024 ** 2, fileBytes: LIMIT_BYTES };
const CHUNK_BYTES = 1024 ** 2;
const DIGEST_LENGTH = 12;

/** Copies below one folder: each session has one of its own, each file one in that, so that it keeps its name. */
export class DiskViewCopies implements ViewCopies {
  readonly #root: string;
  readonly #limits: PlanLimits;

  constructor(root: string, limits: PlanLimits = FOLDER_LIMITS) {
    this.#root = root;
    this.#limits = limits;
  }

  async copy(layer: SessionLayer, path: string): Promise<string> {
    using view = new LayeredView(layer, 'anybody');
    const { path: found, node } = resolved(view, path);
    if (node === undefined) throw new Fault('not_found', `Cannot open "${path}": the session has no such file`);
    if (node.type !== 'file') throw new Fault('not_a_file', `Cannot open "${path}": it is no regular file`);
    if (node.sizeBytes > LIMIT_BYTES) throw new Fault('too_large', `Cannot open "${path}": it has more than 64 MiB`);
    const folder = join(this.#root, layer.session, digestOf(path));
    const file = join(folder, basename(path));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // One from before cannot be written to.
    await rm(file, { force: true });
    const source = view.open(found);
    try {
      const target = await open(file, 'wx', 0o600);
      try {
        for (let at = 0; at < LIMIT_BYTES; ) {
          const bytes = await source.read(at, CHUNK_BYTES);
          if (bytes.length === 0) break;
          await target.write(bytes);
          at += bytes.length;
        }
      } finally {
        await target.close();
      }
    } finally {
      source.close();
    }
    await chmod(file, 0o400);
    return file;
  }

  async copyFolder(layer: SessionLayer, path: string, signal: AbortSignal): Promise<FolderCopy> {
    using view = new LayeredView(layer, 'anybody');
    const { path: found, node } = resolved(view, path);
    if (node === undefined) throw new Fault('not_found', `Cannot open "${path}": the session has no such folder`);
    if (node.type !== 'directory') throw new Fault('not_a_folder', `Cannot open "${path}": it is no folder`);
    const plan = await planView(view, found, { limits: this.#limits, signal });
    // The name that the operator knows, which the editor shows.
    const name = found === '' ? basename(layer.workspace) : basename(found);
    const folder = join(this.#root, layer.session, `tree-${digestOf(found)}`, name);
    await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    await writeTree(view, plan, folder);
    return { folder, files: plan.files, leftOut: plan.leftOut };
  }

  async forget(session: string): Promise<void> {
    await removeTree(join(this.#root, session));
  }
}

/** Links are followed as they lead inside; one that leads out leads nowhere. */
function resolved(view: LayeredView, path: string): ReturnType<typeof resolveInView> {
  try {
    return resolveInView(view, path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('not_found', `Cannot open "${path}": the session has no such file`, { cause, why });
  }
}

function digestOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, DIGEST_LENGTH);
}
