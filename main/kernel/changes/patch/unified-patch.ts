/** One file of a unified diff. */
export interface PatchedFile {
  /** Undefined for a new file. */
  readonly from: string | undefined;
  /** Undefined for a deleted file. */
  readonly to: string | undefined;
  readonly hunks: readonly PatchHunk[];
}

export interface PatchHunk {
  /** 1 for the first of a file. */
  readonly number: number;
  /** 1 for the first line; 0 where there is none. */
  readonly oldStart: number;
  readonly lines: readonly PatchLine[];
}

export interface PatchLine {
  readonly mark: ' ' | '-' | '+';
  /** With its end, where it has one. */
  readonly text: string;
}

/** A patch that is not applied: which file, which hunk of it, and why. */
export class PatchRefused extends Error {
  override readonly name = 'PatchRefused';
  readonly file: string;
  /** 0 where it is not about a hunk. */
  readonly hunk: number;
  readonly reason: string;

  constructor(file: string, hunk: number, reason: string) {
    super(hunk === 0 ? `"${file}": ${reason}` : `"${file}", hunk ${hunk}: ${reason}`);
    this.file = file;
    this.hunk = hunk;
    this.reason = reason;
  }
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** Reads a unified diff, of git or of diff -u. Throws `PatchRefused` for what is none. */
export function parsePatch(patch: string): PatchedFile[] {
  const lines = patch.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const files: PatchedFile[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    if (!line.startsWith('--- ') || !lines[at + 1]?.startsWith('+++ ')) {
      if (HUNK.test(line))
        throw new PatchRefused(files.at(-1)?.to ?? '?', 0, 'a hunk comes before the names of its file');
      at += 1;
      continue;
    }
    const [from, to] = [nameOf(line), nameOf(lines[at + 1] ?? '')];
    at += 2;
    const hunks: PatchHunk[] = [];
    while (HUNK.test(lines[at] ?? '')) {
      const read = readHunk(lines, at, { file: to ?? from ?? '?', number: hunks.length + 1 });
      hunks.push(read.hunk);
      at = read.end;
    }
    files.push({ from, to, hunks });
  }
  // Git names files whose mode or name alone changed without a hunk.
  if (files.length === 0 && patch.trim() !== '' && !/^diff --git /m.test(patch))
    throw new PatchRefused('?', 0, 'it is no unified diff');
  return files;
}

function nameOf(line: string): string | undefined {
  const name = line
    .slice(4)
    .replace(/\r?\n$/, '')
    .replace(/\t.*$/, '');
  if (name === '/dev/null') return undefined;
  const plain = name.startsWith('"') ? unquoted(name) : name;
  return plain.replace(/^[ab]\//, '');
}

/** Git's quotes: C escapes, and octal numbers for bytes. */
function unquoted(name: string): string {
  const bytes: number[] = [];
  const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };
  for (const [, octal, escaped, plain] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\])/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...Buffer.from(plain ?? ESCAPES[escaped ?? ''] ?? escaped ?? ''));
  }
  return Buffer.from(bytes).toString();
}

function readHunk(lines: readonly string[], start: number, place: { readonly file: string; readonly number: number }) {
  const [, oldStart = '0', oldCount = '1', newCount = '1'] = HUNK.exec(lines[start] ?? '') ?? [];
  let [oldLeft, newLeft, at] = [Number(oldCount), Number(newCount), start + 1];
  const read: PatchLine[] = [];
  while (oldLeft > 0 || newLeft > 0 || lines[at]?.startsWith('\\')) {
    const line = lines[at];
    const mark = line === '\n' ? ' ' : line?.[0];
    if (mark === '\\') endWithoutFeed(read);
    else if (line !== undefined && (mark === ' ' || mark === '-' || mark === '+')) {
      read.push({ mark, text: line === '\n' ? '\n' : line.slice(1) });
      if (mark !== '+') oldLeft -= 1;
      if (mark !== '-') newLeft -= 1;
    } else throw new PatchRefused(place.file, place.number, 'it ends before all of its lines were there');
    at += 1;
  }
  if (oldLeft < 0 || newLeft < 0) throw new PatchRefused(place.file, place.number, 'it has more lines than it says');
  return { hunk: { number: place.number, oldStart: Number(oldStart), lines: read }, end: at };
}

function endWithoutFeed(read: PatchLine[]): void {
  const last = read.pop();
  if (last) read.push({ ...last, text: last.text.replace(/\n$/, '') });
}

/**
 * Applies the hunks of one file where they say, and nowhere else: every line they keep or remove must be there, byte for
 * byte. Throws `PatchRefused`.
 */
export function applyPatch(file: PatchedFile, before: string | undefined): string | undefined {
  const name = file.to ?? file.from ?? '?';
  if (file.from === undefined && before !== undefined) throw new PatchRefused(name, 0, 'the file is there already');
  if (file.from !== undefined && before === undefined) throw new PatchRefused(name, 0, 'the file is not there');
  const old = before?.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const result: string[] = [];
  let line = 0;
  for (const hunk of file.hunks) {
    const isInsertion = hunk.lines.every(({ mark }) => mark === '+');
    const start = isInsertion ? hunk.oldStart : hunk.oldStart - 1;
    if (start < line) throw new PatchRefused(name, hunk.number, 'it overlaps the one before');
    if (start > old.length) {
      throw new PatchRefused(name, hunk.number, `it begins at line ${hunk.oldStart}, but the file has ${old.length}`);
    }
    result.push(...old.slice(line, start));
    line = start;
    for (const { mark, text } of hunk.lines) {
      if (mark !== '+') expectLine({ name, hunk: hunk.number, line }, old[line], text);
      if (mark !== '-') result.push(text);
      if (mark !== '+') line += 1;
    }
  }
  result.push(...old.slice(line));
  const after = result.join('');
  if (file.to !== undefined) return after;
  if (after !== '') throw new PatchRefused(name, 0, 'it deletes the file, but does not remove all of its lines');
  return undefined;
}

interface Place {
  readonly name: string;
  readonly hunk: number;
  readonly line: number;
}

function expectLine({ name, hunk, line }: Place, found: string | undefined, wanted: string): void {
  if (found === wanted) return;
  const shown = (text: string | undefined): string =>
    text === undefined ? 'the end of the file' : JSON.stringify(text.slice(0, 80));
  throw new PatchRefused(name, hunk, `line ${line + 1} is ${shown(found)}, not ${shown(wanted)}`);
}
