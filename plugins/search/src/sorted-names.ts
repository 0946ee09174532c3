import { isAscii } from 'node:buffer';
import { ByteOrder } from './byte-order.ts';

const NUL = 0;
const DOT = 46;
const SLASH = 47;

/**
 * Paths in the order of their UTF-16 units, without the `./` that they may begin with. Those of one folder that come in a row are put in order
 * as bytes, as they come: strings are made once, and only of what is in order.
 */
export class SortedNames {
  /** By path with its slash: its paths, a piece for each row of them. */
  readonly #folders = new Map<string, string[][]>();
  /** Of the row at hand: where each name begins. */
  readonly #starts: number[] = [];

  /** Whole paths, each ended by a NUL. */
  add(paths: Buffer): void {
    for (let at = 0; at < paths.length; ) at = this.#addRow(paths, at);
  }

  all(): string[] {
    const paths: string[] = [];
    /** Folders, each within the one before, that may have files behind those of the folders in them. */
    const above: Row[] = [];
    for (const folder of [...this.#folders.keys()].sort()) {
      let last = above.at(-1);
      for (; last !== undefined && !folder.startsWith(last.folder); last = above.at(-1)) {
        listInto(paths, last);
        above.pop();
      }
      if (last !== undefined) listInto(paths, last, folder);
      const pieces = this.#folders.get(folder) ?? [];
      const [only = []] = pieces;
      above.push({ folder, paths: pieces.length > 1 ? pieces.flat().sort() : only, listed: 0 });
    }
    for (const row of above.reverse()) listInto(paths, row);
    return paths;
  }

  /** Those in the folder of the path at `from`, as far as they come in a row; gives where the next one begins. */
  #addRow(bytes: Buffer, from: number): number {
    const nameAt = Math.max(from, bytes.lastIndexOf(SLASH, bytes.indexOf(NUL, from)) + 1);
    const folderBytes = nameAt - from;
    let count = 0;
    let next = from;
    while (next < bytes.length) {
      let same = 0;
      while (same < folderBytes && bytes[next + same] === bytes[from + same]) same += 1;
      if (same < folderBytes) break;
      let end = next + folderBytes;
      while ((bytes[end] ?? NUL) !== NUL && bytes[end] !== SLASH) end += 1;
      if (bytes[end] === SLASH) break;
      this.#starts[count] = next + folderBytes;
      count += 1;
      next = end + 1;
    }
    new ByteOrder(bytes, this.#starts).sort(0, count);
    const pathAt = bytes[from] === DOT && bytes[from + 1] === SLASH ? from + 2 : from;
    const sorted = Buffer.allocUnsafe(next - from - count * (pathAt - from));
    let to = 0;
    for (let index = 0; index < count; index += 1) {
      let at = (this.#starts[index] ?? 0) - (nameAt - pathAt);
      do sorted[to++] = bytes[at] ?? NUL;
      while ((bytes[at++] ?? NUL) !== NUL);
    }
    const paths = sorted.toString('utf8', 0, to - 1).split('\0');
    if (!isAscii(sorted)) paths.sort();
    const folder = bytes.toString('utf8', pathAt, nameAt);
    const known = this.#folders.get(folder);
    if (known === undefined) this.#folders.set(folder, [paths]);
    else known.push(paths);
    return next;
  }
}

interface Row {
  readonly folder: string;
  /** In order. */
  readonly paths: readonly string[];
  listed: number;
}

/** What of a row comes next, as far as it comes before `end`. */
function listInto(paths: string[], row: Row, end?: string): void {
  for (; row.listed < row.paths.length; row.listed += 1) {
    const path = row.paths[row.listed] ?? '';
    if (end !== undefined && path >= end) return;
    paths.push(path);
  }
}
