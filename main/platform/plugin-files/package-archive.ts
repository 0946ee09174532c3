import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { foldedPath, misleadingPath } from '../../kernel/plugins/packages/misleading-text.ts';
import type { PackageProblem } from '../../kernel/plugins/ports.ts';
import { FILE_LIMIT, PACKAGE_LIMIT_BYTES } from './package-limits.ts';

/** The headers of all files, padding and long names beside the content: more is a bomb, whatever its entries say. */
const ARCHIVE_LIMIT_BYTES = PACKAGE_LIMIT_BYTES + FILE_LIMIT * 4 * 1024;

class Refusal extends Error {
  readonly problem: PackageProblem;

  constructor(code: string, message: string, path = '') {
    super(message);
    this.problem = { code, message, path };
  }
}

/** Counts what comes out of the decompression, and ends it in time: the size that an archive claims is not asked. */
class Limit extends Transform {
  #bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= ARCHIVE_LIMIT_BYTES) done(null, chunk);
    else done(new Refusal('too_large', `it unpacks to more than ${ARCHIVE_LIMIT_BYTES} bytes`));
  }
}

/** The names of an archive, so that each is one file on every disk. */
class Names {
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, string>();
  #count = 0;

  /** The path of an entry, relative, without a slash at its end; undefined for the folder itself. */
  check(name: string, type: 'file' | 'folder'): string | undefined {
    this.#count += 1;
    if (this.#count > FILE_LIMIT) throw new Refusal('too_many_files', `there are more than ${FILE_LIMIT} files`);
    const path = relativePath(name);
    if (path === undefined) return undefined;
    const parts = path.split('/');
    for (let length = 1; length < parts.length; length += 1) this.#folder(parts.slice(0, length).join('/'));
    if (type === 'folder') this.#folder(path);
    else this.#file(path);
    return path;
  }

  #folder(path: string): void {
    const folded = foldedPath(path);
    const known = this.#folders.get(folded) ?? path;
    if (known !== path || this.#files.has(folded)) throw collision(path);
    this.#folders.set(folded, path);
  }

  #file(path: string): void {
    const folded = foldedPath(path);
    const known = this.#files.get(folded);
    if (known === path) throw new Refusal('duplicate_file', `"${path}" is in it twice`, path);
    if (known !== undefined || this.#folders.has(folded)) throw collision(path);
    this.#files.set(folded, path);
  }
}

function collision(path: string): Refusal {
  return new Refusal('case_collision', `"${path}" is another file's name in other letters, or its folder's`, path);
}

function relativePath(name: string): string | undefined {
  const shown = name.slice(0, 200);
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) throw new Refusal('unsafe_path', `"${shown}" is absolute`, shown);
  if (name.includes('\\')) throw new Refusal('unsafe_path', `"${shown}" holds a backslash`, shown);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new Refusal('unsafe_path', `"${shown}" leaves the package`, shown);
  const path = parts.join('/');
  if (path.length > 1024) throw new Refusal('unsafe_path', `"${shown}…" has more than 1024 characters`, shown);
  const why = misleadingPath(path);
  if (why !== undefined) throw new Refusal('unsafe_path', `"${shown}" is refused: ${why}`, shown);
  return path === '' ? undefined : path;
}

function typeOf({ name, type, linkname }: Header): 'file' | 'folder' {
  if (type === 'file') return 'file';
  if (type === 'directory') return 'folder';
  if (type === 'link') throw new Refusal('hard_link', `"${name}" is a hard link`, name);
  if (type === 'symlink') {
    const leaves = linkname.startsWith('/') || linkname.split('/').includes('..');
    throw new Refusal(leaves ? 'link_outside' : 'link', `"${name}" is a link; pack the file itself`, name);
  }
  throw new Refusal('special_file', `"${name}" is neither file nor folder`, name);
}

/** An entry of an archive, to be read before the next one comes. */
interface Entry extends AsyncIterable<unknown> {
  readonly header: Header;
  resume(): unknown;
}

async function write(entry: Entry, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  // 'wx': the name is new. The modes of the archive are not taken over: nothing in a package needs to be executable by name.
  const file = await open(target, 'wx', 0o644);
  try {
    for await (const chunk of entry) await file.write(chunk as Uint8Array); // no encoding is set: bytes
    await file.sync();
  } finally {
    await file.close();
  }
}

async function unpackEntries(entries: AsyncIterable<Entry>, folder: string): Promise<void> {
  const names = new Names();
  let bytes = 0;
  for await (const entry of entries) {
    const type = typeOf(entry.header);
    const path = names.check(entry.header.name, type);
    if (type === 'file' && path === undefined) throw new Refusal('unsafe_path', 'an entry has no name');
    bytes += entry.header.size;
    if (bytes > PACKAGE_LIMIT_BYTES) {
      throw new Refusal('too_large', `its files have more than ${PACKAGE_LIMIT_BYTES} bytes`, path);
    }
    if (type === 'file' && path !== undefined) await write(entry, join(folder, path));
    else entry.resume();
  }
}

/**
 * Unpacks a gzipped tar archive into an empty folder: plain files and folders only, each below it and under a name of its own.
 * Gives the first thing that no package may hold; what had been unpacked until then is for the caller to take away.
 */
export async function unpackArchive(archive: string, folder: string): Promise<PackageProblem | undefined> {
  const tar = extract();
  try {
    const reading = pipeline(createReadStream(archive), createGunzip(), new Limit(), tar);
    // Told below, by what ends the reading of the entries; it must not be unhandled until then.
    reading.catch(() => undefined);
    await unpackEntries(tar, folder);
    await reading;
    return undefined;
  } catch (thrown) {
    tar.destroy();
    if (thrown instanceof Refusal) return thrown.problem;
    if (isOfTheDisk(thrown)) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return { code: 'invalid_archive', message: `it is no gzipped tar archive: ${why}`, path: '' };
  }
}

/** Errors of the system have its names; those of zlib and of the archive do not. */
function isOfTheDisk(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown;
}
