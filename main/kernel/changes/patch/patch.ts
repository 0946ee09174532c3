import { decodeText } from '../diff/diff-side.ts';
import { diffLines } from '../diff/line-diff.ts';
import { linesOf } from '../three-way/three-way.ts';

/** One side of a file in a patch. */
export interface PatchSide {
  /** In git's notation, normalised: `100644`, `100755` or `120000`. */
  readonly mode: string;
  readonly bytes: Uint8Array;
}

export interface PatchFile {
  readonly from: string;
  readonly path: string;
  readonly before: PatchSide | undefined;
  readonly after: PatchSide | undefined;
}

const CONTEXT_LINES = 3;
const LINK = '120000';
/** A path as git writes it: quoted where it holds what would end the line or the name (core.quotePath off). */
function quoted(path: string): string {
  if (!/[\p{Cc}"\\]/u.test(path)) return path;
  const body = path.replace(/[\p{Cc}"\\]/gu, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  });
  return `"${body}"`;
}

function prefixed(prefix: 'a' | 'b', path: string): string {
  return quoted(`${prefix}/${path}`);
}

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

function editScript(before: string, after: string): Line[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const script: Line[] = [];
  const add = (mark: Line['mark'], lines: readonly string[]): void => {
    for (const text of lines) script.push({ mark, text });
  };
  let line = 0;
  for (const hunk of diffLines(Buffer.from(before), Buffer.from(after), { settle: 'at-block' }).hunks) {
    add(' ', old.slice(line, hunk.before.start));
    line = hunk.before.start + hunk.before.count;
    add('-', old.slice(hunk.before.start, line));
    add('+', fresh.slice(hunk.after.start, hunk.after.start + hunk.after.count));
  }
  add(' ', old.slice(line));
  return script;
}

function hunksOf(before: string, after: string): string {
  const script = editScript(before, after);
  const changed = script.flatMap((line, index) => (line.mark === ' ' ? [] : [index]));
  let output = '';
  let [oldLine, newLine, at] = [1, 1, 0];
  for (let next = 0; next < changed.length; ) {
    const first = changed[next] ?? 0;
    let last = first;
    while (next < changed.length && (changed[next] ?? 0) <= last + 2 * CONTEXT_LINES + 1)
      last = changed[next++] ?? last;
    const start = Math.max(at, first - CONTEXT_LINES);
    for (; at < start; at++) {
      oldLine++;
      newLine++;
    }
    const lines = script.slice(start, last + CONTEXT_LINES + 1);
    const oldCount = lines.filter((line) => line.mark !== '+').length;
    const newCount = lines.filter((line) => line.mark !== '-').length;
    output += `@@ -${range(oldLine, oldCount)} +${range(newLine, newCount)} @@\n`;
    for (const { mark, text } of lines)
      output += text.endsWith('\n') ? mark + text : `${mark}${text}\n\\ No newline at end of file\n`;
    oldLine += oldCount;
    newLine += newCount;
    at = start + lines.length;
  }
  return output;
}

/** A range of no lines names the line before it. */
function range(start: number, count: number): string {
  return `${count === 0 ? start - 1 : start},${count}`;
}

/** The part of a patch for one file, in git's format; undefined for content that is not text. */
export function filePatch(file: PatchFile): string | undefined {
  const { before, after, from, path } = file;
  const old = before ? decodeText(before.bytes) : '';
  const now = after ? decodeText(after.bytes) : '';
  if (old === undefined || now === undefined) return undefined;
  if (before && after && before.mode.slice(0, 2) !== after.mode.slice(0, 2)) {
    // Git writes a change of type as a deletion and a new file.
    return `${filePatch({ ...file, after: undefined })}${filePatch({ ...file, before: undefined })}`;
  }
  if (from !== path && before?.mode === LINK && after) {
    // Git takes what comes below a link for lying behind it, also where the same patch moves the link away.
    return `${filePatch({ ...file, path: from, after: undefined })}${filePatch({ ...file, from: path, before: undefined })}`;
  }
  let head = `diff --git ${prefixed('a', before ? from : path)} ${prefixed('b', path)}\n`;
  if (!before && after) head += `new file mode ${after.mode}\n`;
  if (before && !after) head += `deleted file mode ${before.mode}\n`;
  if (before && after && before.mode !== after.mode) head += `old mode ${before.mode}\nnew mode ${after.mode}\n`;
  if (from !== path) head += `rename from ${quoted(from)}\nrename to ${quoted(path)}\n`;
  if (old === now) return head;
  const names = [before ? prefixed('a', from) : '/dev/null', after ? prefixed('b', path) : '/dev/null'];
  return `${head}--- ${spaced(names[0])}\n+++ ${spaced(names[1])}\n${hunksOf(old, now)}`;
}

/** A tab tells where a name with a space ends. */
function spaced(name: string | undefined): string {
  return name?.includes(' ') && !name.startsWith('"') ? `${name}\t` : (name ?? '');
}
