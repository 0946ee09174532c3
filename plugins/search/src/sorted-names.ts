import { isAscii } from 'node:buffer';
import { ByteOrder } from './byte-order.ts';

const NUL = 0;
const SLASH = 47;

/**
 * Paths in the order of their UTF-16 units. Those of one folder that come in a row are put in order as bytes, as they come, and their strings
 * are made by the piece.
 */
export class SortedNames {
  readonly #prefix: string;
  /** By path with its slash: its paths, in order, for each row of them. */
  readonly #folders = new Map<string, string[][]>();
  /** Of the row at hand: where each name begins. */
  readonly #starts: number[] = [];
  /** By where a name begins in the piece at hand: which it is. */
  #numbers = new Uint32Array();

  /** The prefix is what each path begins with and is left out of it. */
  constructor(prefix: './' | '') {
    this.#prefix = prefix;
  }

  /** Whole paths, each ended by a NUL. */
  add(piece: Buffer): void {
    if (piece.length > this.#numbers.length) this.#numbers = new Uint32Array(piece.length);
    const text = piece.toString('utf8', this.#prefix.length, piece.length - 1);
    const paths = text.split(`\0${this.#prefix}`);
    // Beyond ASCII the order of bytes is not the order of UTF-16 units.
    const isSameOrder = isAscii(piece);
    let number = 0;
    for (let from = 0; from < piece.length; ) {
      const { count, next } = this.#readRow(piece, from, number);
      new ByteOrder(piece, this.#starts).sort(0, count);
      const row: string[] = [];
      for (let index = 0; index < count; index += 1) {
        row.push(paths[this.#numbers[this.#starts[index] ?? 0] ?? 0] ?? '');
      }
      this.#keep(isSameOrder ? row : row.sort());
      number += count;
      from = next;
    }
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
      const rows = this.#folders.get(folder) ?? [];
      const [only = []] = rows;
      above.push({ folder, paths: rows.length > 1 ? only.concat(...rows.slice(1)).sort() : only, listed: 0 });
    }
    for (const row of above.reverse()) listInto(paths, row);
    return paths;
  }

  /** Those in the folder of the path at `from`, as far as they come in a row; the first of them is the path of that number. */
  #readRow(piece: Buffer, from: number, number: number): { readonly count: number; readonly next: number } {
    const folderBytes = Math.max(0, piece.lastIndexOf(SLASH, piece.indexOf(NUL, from)) + 1 - from);
    let count = 0;
    let next = from;
    while (next < piece.length) {
      let same = 0;
      while (same < folderBytes && piece[next + same] === piece[from + same]) same += 1;
      if (same < folderBytes) break;
      const start = next + folderBytes;
      let end = start;
      while ((piece[end] ?? NUL) !== NUL && piece[end] !== SLASH) end += 1;
      if (piece[end] === SLASH) break;
      this.#starts[count] = start;
      this.#numbers[start] = number + count;
      count += 1;
      next = end + 1;
    }
    return { count, next };
  }

  #keep(row: string[]): void {
    const [path = ''] = row;
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const known = this.#folders.get(folder);
    if (known === undefined) this.#folders.set(folder, [row]);
    else known.push(row);
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
