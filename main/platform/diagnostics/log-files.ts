import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogSource, PlacedLine } from '../../kernel/diagnostics/ports.ts';

const PIECE_BYTES = 64 * 1024;
/** What is read at once of what came since: a log that is written faster is shown from its end. */
const SINCE_LIMIT_BYTES = 1024 * 1024;
const LOG_NAME = /^kernel(\.(\d+))?\.log$/;
const LINE_END = 10;

/** The file's own number, which it keeps when it is renamed, and an offset in it. */
interface Place {
  readonly inode: string;
  readonly offset: number;
}

/** `kernel.log` and those that were full (platform/files/log-file.ts), read piece by piece. */
export function logFiles(folder: string): LogSource {
  return {
    async *back(before, signal) {
      let start = before === undefined ? undefined : placeOf(before);
      for (const path of await newestFirst(folder)) {
        await using file = await opened(path);
        if (file === undefined) continue;
        const { ino, size } = await file.stat({ bigint: true });
        if (start !== undefined && start.inode !== String(ino)) continue;
        yield* linesBack(file, { inode: String(ino), offset: start?.offset ?? Number(size) }, signal);
        // The older ones are read whole.
        start = undefined;
      }
    },
    async since(text) {
      const place = text === undefined ? undefined : placeOf(text);
      const lines: string[] = [];
      const [newest, former] = await newestFirst(folder);
      if (newest === undefined) return { lines, place: '' };
      await using file = await opened(newest);
      if (file === undefined) return { lines, place: text ?? '' };
      const { ino, size } = await file.stat({ bigint: true });
      const here = { inode: String(ino), offset: Number(size) };
      if (text === undefined) return { lines, place: textOf(here) };
      const isSame = place?.inode === here.inode;
      if (!isSame && former !== undefined && place !== undefined) lines.push(...(await restOf(former, place)));
      const from = isSame ? place.offset : 0;
      const read = await linesFrom(file, from, here.offset);
      return { lines: [...lines, ...read.lines], place: textOf({ ...here, offset: read.end }) };
    },
  };
}

async function newestFirst(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const numbered = names.flatMap((name) => {
    const match = LOG_NAME.exec(name);
    return match === null ? [] : [{ name, number: Number(match[2] ?? 0) }];
  });
  return numbered.sort((a, b) => a.number - b.number).map(({ name }) => join(folder, name));
}

function opened(path: string): Promise<FileHandle | undefined> {
  // It may have become another's name, or be gone, since the folder was listed.
  return open(path, 'r').catch(() => undefined);
}

function placeOf(text: string): Place {
  const [inode = '', offset = ''] = text.split(':');
  return { inode, offset: Math.max(0, Number.parseInt(offset, 10) || 0) };
}

function textOf({ inode, offset }: Place): string {
  return `${inode}:${offset}`;
}

/** Whole lines before the place, the newest first. What stands behind the last line end is not written yet. */
async function* linesBack(
  file: FileHandle,
  { inode, offset }: Place,
  signal: AbortSignal,
): AsyncGenerator<PlacedLine[], void, undefined> {
  let end = offset;
  let tail = Buffer.alloc(0);
  let isWhole = false;
  while (end > 0 && !signal.aborted) {
    const start = Math.max(0, end - PIECE_BYTES);
    const bytes = Buffer.concat([await readRange(file, start, end), tail]);
    const lines: PlacedLine[] = [];
    let until: number = isWhole ? bytes.length : bytes.lastIndexOf(LINE_END);
    isWhole ||= until >= 0;
    for (let from = bytes.lastIndexOf(LINE_END, until - 1); until > 0; from = bytes.lastIndexOf(LINE_END, until - 1)) {
      // The piece begins in the midst of a line, unless it is the file's beginning.
      if (from < 0 && start > 0) break;
      const text = bytes.toString('utf8', from + 1, until);
      if (text !== '') lines.push({ text, place: textOf({ inode, offset: start + from + 1 }) });
      until = from;
      if (from < 0) break;
    }
    tail = until > 0 ? bytes.subarray(0, until) : Buffer.alloc(0);
    end = start;
    yield lines;
  }
}

async function restOf(path: string, { inode, offset }: Place): Promise<string[]> {
  await using file = await opened(path);
  if (file === undefined) return [];
  const { ino, size } = await file.stat({ bigint: true });
  return String(ino) === inode ? (await linesFrom(file, offset, Number(size))).lines : [];
}

/** Whole lines of a range; `end` is behind the last of them. */
async function linesFrom(file: FileHandle, from: number, to: number): Promise<{ lines: string[]; end: number }> {
  const start = Math.max(from, to - SINCE_LIMIT_BYTES);
  const bytes = await readRange(file, start, to);
  const last = bytes.lastIndexOf(LINE_END);
  if (last < 0) return { lines: [], end: start };
  const lines = bytes.toString('utf8', 0, last).split('\n');
  // Where it begins in the midst of a line, that one is left out.
  return { lines: (start > from ? lines.slice(1) : lines).filter(Boolean), end: start + last + 1 };
}

async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, end - start));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  return bytes.subarray(0, bytesRead);
}
