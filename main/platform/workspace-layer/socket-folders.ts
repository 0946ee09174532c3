import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SocketFolders } from '../../kernel/sandboxes/sandbox-store.ts';

/** The folders of the sandboxes' sockets, each named by its sandbox, below `root`. */
export function socketFolders(root: string): SocketFolders {
  return {
    list: () => readdir(root).catch(() => []),
    remove: (sandbox) => rm(join(root, sandbox), { recursive: true, force: true }),
  };
}
