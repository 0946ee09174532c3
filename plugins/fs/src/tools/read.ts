import { isUtf8 } from 'node:buffer';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import { tool } from '@cavern/plugin-sdk/tool';
import { resolveInView } from '@cavern/plugin-sdk/view-path';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import type { OpenFile, WorkspaceView } from '@cavern/plugin-sdk/workspace-view';
import Type, { type Static } from 'typebox';

/** Of content, before it is encoded; a longer file is read in ranges. */
export const READ_LIMIT_BYTES = 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 10;
/** How far lines are counted: a file may have any length and hold nothing. */
export const COUNTED_BYTES = 256 * 1024 * 1024;
const UTF16_MARK = Buffer.from([0xff, 0xfe]);

export const ReadInput = Type.Object(
  {
    path: WorkspacePath,
    encoding: Type.Union(
      [
        Type.Literal('auto'),
        Type.Literal('utf8'),
        Type.Literal('utf16le'),
        Type.Literal('latin1'),
        Type.Literal('base64'),
      ],
      {
        default: 'auto',
        description: 'auto: utf8 where the bytes are text, utf16le where its mark stands at the beginning, else base64',
      },
    ),
    offset: Type.Integer({ minimum: 0, default: 0, description: 'The first byte' }),
    limitBytes: Type.Integer({
      minimum: 1,
      maximum: READ_LIMIT_BYTES,
      default: READ_LIMIT_BYTES,
      description: 'Bytes at most',
    }),
    lines: Type.Optional(
      Type.Object(
        { from: Type.Integer({ minimum: 1 }), to: Type.Integer({ minimum: 1 }) },
        { additionalProperties: false, description: 'Whole lines instead of bytes, counted from 1, both included' },
      ),
    ),
  },
  { additionalProperties: false },
);

export const ReadOutput = Type.Object({
  path: Type.String({ description: 'Where the path led' }),
  encoding: Type.String(),
  content: Type.String(),
  sizeBytes: Type.Integer({ description: 'Of the whole file' }),
  offset: Type.Integer(),
  lengthBytes: Type.Integer({ description: 'Of the content, before it was encoded' }),
  truncated: Type.Boolean({ description: 'More was asked for than fits' }),
  lines: Type.Optional(
    Type.Object({ from: Type.Integer(), to: Type.Integer({ description: 'from - 1 where there are none' }) }),
  ),
});

interface Range {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly truncated: boolean;
  readonly lines?: { readonly from: number; readonly to: number };
}

async function readBytes(file: OpenFile, offset: number, limitBytes: number): Promise<Range> {
  const bytes = await file.read(offset, Math.max(0, Math.min(limitBytes, file.sizeBytes - offset)));
  return { bytes, offset, truncated: offset + bytes.length < file.sizeBytes };
}

interface LineReading {
  readonly wanted: { readonly from: number; readonly to: number };
  /** Of content. */
  readonly limitBytes: number;
  /** How many bytes a line feed has. */
  readonly unit: 1 | 2;
  readonly signal: AbortSignal;
  /** What failed, for a person. */
  readonly action: string;
}

/** Where the next line begins: behind the line feed at or after `from`. -1 where there is none in the chunk, which begins with a whole unit. */
function nextLine(chunk: Buffer, from: number, unit: 1 | 2): number {
  for (let at = chunk.indexOf(NEWLINE, from); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) {
    if (unit === 1) return at + 1;
    if (at % 2 === 0 && chunk[at + 1] === 0) return at + 2;
  }
  return -1;
}

/**
 * Reads on until line `to` has ended; bounded by `limitBytes` of content, not by the length of what comes before it. Throws `cancelled`, and
 * `too_large` where the lines are not within what is counted.
 */
async function readLines(file: OpenFile, { wanted, limitBytes, unit, signal, action }: LineReading): Promise<Range> {
  const parts: Buffer[] = [];
  let line = 1;
  let offset = -1;
  let length = 0;
  let endsWithNewline = false;
  for (let at = 0; line <= wanted.to && length <= limitBytes; ) {
    if (signal.aborted) throw new ToolError('cancelled', `Cannot ${action}: the call was cancelled`);
    if (at >= COUNTED_BYTES && offset < 0) {
      const why = `line ${wanted.from} does not begin within the first ${COUNTED_BYTES / 1024 / 1024} MiB`;
      throw new ToolError('too_large', `Cannot ${action}: ${why}; ask for bytes with offset`);
    }
    const chunk = await file.read(at, CHUNK_BYTES);
    if (chunk.length === 0) break;
    let start = line >= wanted.from ? 0 : -1;
    let end = chunk.length;
    for (let next = nextLine(chunk, 0, unit); next !== -1; next = nextLine(chunk, next, unit)) {
      line += 1;
      if (line === wanted.from && next < chunk.length) start = next;
      if (line > wanted.to) {
        end = next;
        break;
      }
    }
    if (start >= 0) {
      if (offset < 0) offset = at + start;
      const part = chunk.subarray(start, end);
      parts.push(part);
      length += part.length;
      endsWithNewline = part.at(-unit) === NEWLINE && (unit === 1 || part.at(-1) === 0);
    }
    at += chunk.length;
  }
  const bytes = Buffer.concat(parts);
  const last = length === 0 ? wanted.from - 1 : endsWithNewline ? line - 1 : line;
  return {
    bytes: bytes.subarray(0, limitBytes),
    offset: Math.max(0, offset < 0 ? file.sizeBytes : offset),
    truncated: bytes.length > limitBytes,
    lines: { from: wanted.from, to: Math.min(last, wanted.to) },
  };
}

/** Without the first bytes of a character whose last ones were cut off. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < length ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

type Encoding = Static<typeof ReadInput>['encoding'];

function encode(
  range: Range,
  encoding: Encoding,
  path: string,
): { bytes: Buffer; encoding: Encoding; content: string } {
  if (encoding === 'auto' || encoding === 'utf8') {
    const bytes = range.truncated ? wholeCharacters(range.bytes) : range.bytes;
    if (isUtf8(bytes) && (encoding === 'utf8' || !bytes.includes(0))) {
      return { bytes, encoding: 'utf8', content: bytes.toString('utf8') };
    }
    if (encoding === 'utf8') {
      throw new ToolError('not_text', `Cannot read "${path}" as UTF-8: it holds other bytes; ask for base64`);
    }
    return { bytes: range.bytes, encoding: 'base64', content: range.bytes.toString('base64') };
  }
  const odd = encoding === 'utf16le' && range.truncated ? range.bytes.length % 2 : 0;
  const bytes = range.bytes.subarray(0, range.bytes.length - odd);
  return { bytes, encoding, content: bytes.toString(encoding) };
}

/** What `auto` is: UTF-16 says so in its first two bytes. */
async function knownEncoding(file: OpenFile, asked: Encoding): Promise<Encoding> {
  if (asked !== 'auto' || file.sizeBytes % 2 !== 0) return asked;
  return UTF16_MARK.equals(await file.read(0, UTF16_MARK.length)) ? 'utf16le' : asked;
}

/** Throws `not_found`, `not_a_file`, `not_text`, `too_large`, `cancelled` and what resolving a path throws. */
export async function readFile(
  view: WorkspaceView,
  input: Static<typeof ReadInput>,
  signal: AbortSignal,
): Promise<Static<typeof ReadOutput>> {
  const { path, node } = resolveInView(view, input.path);
  if (node === undefined) throw new ToolError('not_found', `Cannot read "${input.path}": it does not exist`);
  if (node.type !== 'file') {
    const what = node.type === 'directory' ? 'a folder' : 'no regular file';
    throw new ToolError('not_a_file', `Cannot read "${input.path}": it is ${what}`);
  }
  const file = view.open(path);
  try {
    const known = await knownEncoding(file, input.encoding);
    const { limitBytes, lines: wanted } = input;
    const unit = known === 'utf16le' ? 2 : 1;
    const range = wanted
      ? await readLines(file, { wanted, limitBytes, unit, signal, action: `read the lines of "${input.path}"` })
      : await readBytes(file, input.offset, limitBytes);
    const { bytes, encoding, content } = encode(range, known, input.path);
    return {
      path,
      encoding,
      content,
      sizeBytes: file.sizeBytes,
      offset: range.offset,
      lengthBytes: bytes.length,
      truncated: range.truncated,
      ...(range.lines ? { lines: range.lines } : {}),
    };
  } finally {
    file.close();
  }
}

export const read = tool({
  description: 'Read a file, or a range of its bytes or lines; what is not text comes as Base64',
  input: ReadInput,
  output: ReadOutput,
  outputMode: 'full',
  effects: ['read'],
  timeoutMs: 30_000,
  run: (input, { files, signal }) => readFile(files.view, input, signal),
});
