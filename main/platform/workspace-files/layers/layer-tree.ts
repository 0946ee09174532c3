import type { BytePath } from '../../../kernel/changes/files/byte-path.ts';
import { DiskTree } from '../folders/disk-tree.ts';
import { isOpaque } from '../folders/extended-attributes.ts';

/** A layer's folder, with the marks that overlayfs leaves in it. */
export class LayerTree extends DiskTree {
  opaque(folder: BytePath): boolean {
    const fd = this.folders.folder(folder);
    return fd !== undefined && isOpaque(fd);
  }
}
