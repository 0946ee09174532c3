import { chmodSync, lchownSync, lstatSync } from 'node:fs';
import type { SessionLayer } from '../../../kernel/sandboxes/session-layer.ts';
import { type BytePath, ROOT, ancestorsOf, join } from '../../../kernel/changes/files/byte-path.ts';
import type { LayerEditor } from '../../../kernel/changes/listing/layer-editor.ts';
import { Pace } from '../../../kernel/changes/pace.ts';
import { DiskTree } from '../folders/disk-tree.ts';
import { DiskWorkspace } from '../folders/disk-workspace.ts';
import { isOpaque, markOpaque } from '../folders/extended-attributes.ts';

const DEFAULT_FOLDER_MODE = 0o755;

/** Session layers on this machine's disk, while nothing has them mounted. */
export const diskLayerEditor: LayerEditor = {
  async clear(layer) {
    using written = new EditableLayer(layer);
    for (const name of await written.names(ROOT)) await written.removeTree(join(ROOT, name));
  },

  async restore(layer, paths) {
    using written = new EditableLayer(layer);
    using workspace = new DiskTree(layer.workspace);
    for (const path of paths) await written.removeTree(path);
    for (const path of paths) await written.show(path, workspace);
  },
};

/** A layer that is taken apart: the operations of a workspace, and overlayfs' marks. */
class EditableLayer extends DiskWorkspace {
  readonly #layer: SessionLayer;
  readonly #pace = new Pace();

  constructor(layer: SessionLayer) {
    super(layer.upper);
    this.#layer = layer;
  }

  /** Removes a file, a mark, or a folder with all that is in it. */
  async removeTree(path: BytePath): Promise<void> {
    if (this.#pace.due) await this.#pace.breathe();
    const stat = await this.stat(path);
    if (stat === undefined) return;
    if (stat.type !== 'folder') return this.removeFile(path);
    const place = this.folders.place(path);
    // The session may have closed a folder even to its owner, who is the operator.
    if (place !== undefined && (stat.mode & 0o700) !== 0o700) chmodSync(place, 0o700);
    for (const name of await this.names(path)) await this.removeTree(join(path, name));
    await this.removeFolder(path);
  }

  /** Makes the workspace's file seen again where removing what lay over it was not enough. */
  async show(path: BytePath, workspace: DiskTree): Promise<void> {
    if (this.#pace.due) await this.#pace.breathe();
    const stat = await workspace.stat(path);
    if (stat === undefined || stat.type === 'folder' || stat.type === 'special') return;
    if (!(await this.#uncover(path, workspace))) return;
    if (stat.type === 'symlink') await this.stageSymlink(path, await workspace.target(path));
    else await this.stageFile(path, await workspace.content(path), stat.mode);
    this.#handOver(path);
  }

  /** Makes the folders that a copy needs; false when none is needed, or a file lies where a folder would have to be. */
  async #uncover(path: BytePath, workspace: DiskTree): Promise<boolean> {
    let covered = this.#layer.strategy === 'copy';
    for (const folder of ancestorsOf(path)) {
      const stat = await this.stat(folder);
      if (stat?.type === 'folder') {
        covered ||= this.#isOpaque(folder);
        continue;
      }
      if (stat === undefined && !covered) return false;
      if (stat !== undefined && !stat.whiteout) return false;
      await this.removeFile(folder);
      await this.makeFolder(folder, (await workspace.stat(folder))?.mode ?? DEFAULT_FOLDER_MODE);
      // In place of a mark that all of it is gone: nothing shows through but what is put there.
      if (!covered && !this.#markOpaque(folder)) throw new Error('The layer takes no extended attributes');
      this.#handOver(folder);
      covered = true;
    }
    return covered;
  }

  #isOpaque(folder: BytePath): boolean {
    const fd = this.folders.folder(folder);
    return fd !== undefined && isOpaque(fd);
  }

  #markOpaque(folder: BytePath): boolean {
    const fd = this.folders.folder(folder);
    return fd !== undefined && markOpaque(fd);
  }

  /** A sandbox of root's runs as another user, who must own what is in its layer. */
  #handOver(path: BytePath): void {
    const place = this.folders.place(path);
    if (process.getuid?.() !== 0 || place === undefined) return;
    const owner = lstatSync(this.#layer.upper);
    lchownSync(place, owner.uid, owner.gid);
  }
}
