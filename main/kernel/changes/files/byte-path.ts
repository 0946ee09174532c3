/**
 * A workspace-relative path as the file system has it: one character for each byte (latin1), `/` between segments, the
 * empty string for the workspace itself. Names need not be UTF-8, and a string still compares, sorts and keys a map.
 */
export type BytePath = string & { readonly __brand: 'byte-path' };

export const ROOT = '' as BytePath; // the empty path is the workspace by definition

export function fromBytes(bytes: Uint8Array): BytePath {
  // latin1 maps each byte to one character, which is what a BytePath is
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') as BytePath;
}

export function fromText(text: string): BytePath {
  return fromBytes(Buffer.from(text, 'utf8'));
}

export function toBytes(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1');
}

const PLAIN = /^[\x20-\x7e]*$/;

/** For people: bytes that are not UTF-8 become U+FFFD, so two paths may look the same. */
export function toText(path: BytePath): string {
  return PLAIN.test(path) ? path : toBytes(path).toString('utf8');
}

export function isText(path: BytePath): boolean {
  return PLAIN.test(path) || fromText(toText(path)) === path;
}

export function join(folder: BytePath, name: string): BytePath {
  // both parts are byte strings already
  return (folder === '' ? name : `${folder}/${name}`) as BytePath;
}

export function parentOf(path: BytePath): BytePath {
  const slash = path.lastIndexOf('/');
  return (slash < 0 ? '' : path.slice(0, slash)) as BytePath; // a prefix of a BytePath is one
}

export function nameOf(path: BytePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function segmentsOf(path: BytePath): readonly string[] {
  return path === '' ? [] : path.split('/');
}

/** The folders above a path, the topmost first, without the workspace itself. */
export function ancestorsOf(path: BytePath): readonly BytePath[] {
  const found: BytePath[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    found.push(path.slice(0, slash) as BytePath); // a prefix of a BytePath is one
  }
  return found;
}

export function isWithin(path: BytePath, folder: BytePath): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

export function comparePaths(a: BytePath, b: BytePath): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
