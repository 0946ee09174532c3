import { constants } from 'node:fs';
import koffi from 'koffi';

/** Numbers of <asm/unistd.h>; the newer calls have the same number everywhere. */
const NUMBERS = {
  mknodat: { x64: 259, arm64: 33 },
  open_tree: 428,
  move_mount: 429,
  mount_setattr: 442,
} as const;

const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const OPEN_TREE_CLONE = 1;
const OPEN_TREE_CLOEXEC = 0o2000000;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const MOUNT_ATTR_RDONLY = 1n;
const MOUNT_ATTR_IDMAP = 0x0010_0000n;
/** struct mount_attr of <linux/mount.h>: attr_set, attr_clr, propagation, userns_fd. */
const MOUNT_ATTR_BYTES = 32;
const MNT_DETACH = 2;

/** A call that the system refused; `code` is its name, such as `EPERM`. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError';
  readonly code: string;

  constructor(call: string, code: string) {
    super(`${call}: ${code}`);
    this.code = code;
  }
}

/** The system calls that Node does not have. All are fast: none reads or writes a disk's contents. */
export interface LinuxCalls {
  /** Makes a whiteout: a character device 0:0, which any user may make (Linux 5.8). */
  makeWhiteout(path: Buffer): void;
  /** Mounts `source` on `target`, read-only, with the owners of files as the user namespace maps them (Linux 5.12). */
  mountMapped(options: { readonly source: string; readonly target: string; readonly userNamespaceFd: number }): void;
  /** Takes a mount away, at once for everyone who looks, for those who use it when they have done. */
  unmount(target: string): void;
}

let loaded: LinuxCalls | undefined;

/** @throws Error where this is not Linux. */
export function linuxCalls(): LinuxCalls {
  loaded ??= load();
  return loaded;
}

function load(): LinuxCalls {
  if (process.platform !== 'linux') throw new SystemCallError('load', 'ENOSYS');
  const libc = koffi.load('libc.so.6');
  const mknodat = libc.func('syscall', 'long', ['long', 'int', 'uint8_t *', 'uint', 'uint']);
  const openTree = libc.func('syscall', 'long', ['long', 'int', 'str', 'uint']);
  const setAttributes = libc.func('syscall', 'long', ['long', 'int', 'str', 'uint', 'uint8_t *', 'size_t']);
  const moveMount = libc.func('syscall', 'long', ['long', 'int', 'str', 'int', 'str', 'uint']);
  const umount2 = libc.func('umount2', 'int', ['str', 'int']);
  const close = libc.func('close', 'int', ['int']);
  const mknodNumber = NUMBERS.mknodat[process.arch === 'arm64' ? 'arm64' : 'x64'];

  return {
    makeWhiteout(path) {
      check('mknodat', mknodat(mknodNumber, AT_FDCWD, Buffer.concat([path, Buffer.of(0)]), constants.S_IFCHR, 0));
    },
    mountMapped({ source, target, userNamespaceFd }) {
      const tree = check(
        'open_tree',
        openTree(NUMBERS.open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
      );
      try {
        const attributes = Buffer.alloc(MOUNT_ATTR_BYTES);
        attributes.writeBigUInt64LE(MOUNT_ATTR_IDMAP | MOUNT_ATTR_RDONLY, 0);
        attributes.writeBigUInt64LE(BigInt(userNamespaceFd), 24);
        check(
          'mount_setattr',
          setAttributes(NUMBERS.mount_setattr, tree, '', AT_EMPTY_PATH, attributes, MOUNT_ATTR_BYTES),
        );
        check('move_mount', moveMount(NUMBERS.move_mount, tree, '', AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH));
      } finally {
        close(tree);
      }
    },
    unmount(target) {
      check('umount2', umount2(target, MNT_DETACH));
    },
  };
}

function check(call: string, result: unknown): number {
  const value = Number(result);
  if (value >= 0) return value;
  const number = koffi.errno();
  const code = Object.entries(koffi.os.errno).find(([, each]) => each === number)?.[0];
  throw new SystemCallError(call, code ?? `errno ${number}`);
}
