import type { FileHandle } from 'node:fs/promises';
import { linuxCalls } from './linux-calls.ts';
import { type IdSwap, openUserNamespace } from './user-namespace.ts';

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

export interface IdMapping {
  readonly uid: IdSwap;
  readonly gid: IdSwap;
}

/**
 * Lets a sandbox that does not run as root work on files of root: through a mount that swaps the two owners.
 * Only an operator who is root can have such files and only root can make such a mount.
 */
export class IdMapper implements AsyncDisposable {
  /** One namespace for each pair of owners, kept because making one starts a process. */
  readonly #namespaces = new Map<string, Promise<FileHandle>>();

  /** undefined where none is needed, or none is possible because the operator is not root. */
  mappingFor(
    workspace: { readonly uid: number | bigint; readonly gid: number | bigint },
    user: UserIds,
  ): IdMapping | undefined {
    const owner = { uid: Number(workspace.uid), gid: Number(workspace.gid) };
    if (process.getuid?.() !== 0 || owner.uid === user.uid) return undefined;
    return { uid: { onDisk: owner.uid, shown: user.uid }, gid: { onDisk: owner.gid, shown: user.gid } };
  }

  /** The owner that a file has on the other side of the mount. */
  shownAs(
    id: { readonly uid: number | bigint; readonly gid: number | bigint },
    mapping: IdMapping | undefined,
  ): UserIds {
    const ids = { uid: Number(id.uid), gid: Number(id.gid) };
    return mapping ? { uid: swapped(ids.uid, mapping.uid), gid: swapped(ids.gid, mapping.gid) } : ids;
  }

  /** Mounts `source` on the folder `target`, read-only. Throws where the kernel or the file system cannot (Linux 5.12). */
  async mount(options: {
    readonly source: string;
    readonly target: string;
    readonly mapping: IdMapping;
  }): Promise<void> {
    const { source, target, mapping } = options;
    const key = JSON.stringify(mapping);
    const opening = this.#namespaces.get(key) ?? openUserNamespace(mapping);
    this.#namespaces.set(key, opening);
    opening.catch(() => this.#namespaces.delete(key));
    const namespace = await opening;
    linuxCalls().mountMapped({ source, target, userNamespaceFd: namespace.fd });
  }

  /** Mounts that were made stay; they hold their namespace themselves. */
  async [Symbol.asyncDispose](): Promise<void> {
    const namespaces = await Promise.allSettled(this.#namespaces.values());
    this.#namespaces.clear();
    for (const namespace of namespaces) if (namespace.status === 'fulfilled') await namespace.value.close();
  }
}

function swapped(id: number, { onDisk, shown }: IdSwap): number {
  if (id === onDisk) return shown;
  return id === shown ? onDisk : id;
}
