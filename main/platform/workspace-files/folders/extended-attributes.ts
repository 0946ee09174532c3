import koffi from 'koffi';

type FileGetXattr = (fd: number, name: string, value: Buffer, size: number) => number | bigint;
type FileSetXattr = (fd: number, name: string, value: Buffer, size: number, flags: number) => number;

interface Attributes {
  readonly get: FileGetXattr;
  readonly set: FileSetXattr;
}

let loaded: Attributes | undefined;

/** Node has no calls for extended attributes; the C library's are reached through koffi. */
function attributes(): Attributes {
  if (loaded) return loaded;
  const libc = koffi.load('libc.so.6');
  loaded = {
    get: libc.func('long fgetxattr(int fd, const char *name, _Out_ uint8_t *value, size_t size)'),
    set: libc.func('int fsetxattr(int fd, const char *name, const uint8_t *value, size_t size, int flags)'),
  };
  return loaded;
}

/** `user.`: mounts with `userxattr`; `trusted.`: those without, which only root can see. */
const OPAQUE = ['user.overlay.opaque', 'trusted.overlay.opaque'] as const;

/** True when overlayfs shows nothing of the lower folder of the same name. */
export function isOpaque(folderFd: number): boolean {
  if (process.platform !== 'linux') return false;
  const value = Buffer.alloc(8);
  return OPAQUE.some(
    (name) => Number(attributes().get(folderFd, name, value, value.length)) === 1 && value[0] === 0x79,
  );
}

/** Marks a folder of a layer that is not mounted. False where the file system has no such attributes. */
export function markOpaque(folderFd: number): boolean {
  return attributes().set(folderFd, OPAQUE[0], Buffer.from('y'), 1, 0) === 0;
}
