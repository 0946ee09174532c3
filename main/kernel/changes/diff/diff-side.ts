import type { DiffSide, TextEncoding } from '../../../../schema/contract/changes.ts';
import { type Content, chunksOf, sharedContent } from '../files/content.ts';
import { type FileState, gitMode } from '../files/file-state.ts';
import { decodeFile, encodingOf } from './text-codec.ts';
import type { TextWork } from './text-operations.ts';
import { isBinary } from '../three-way/three-way.ts';

/** Text up to this size is shown whole. */
export const TEXT_LIMIT_BYTES = 8 * 1024 * 1024;

const SHORT_BYTES = 128 * 1024;

/** What images begin with; SVG is text and is shown as such. */
const IMAGES: readonly (readonly [mediaType: string, matches: (head: Buffer) => boolean])[] = [
  ['image/png', (head) => head.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', (head) => head.toString('latin1', 0, 3) === '\xff\xd8\xff'],
  ['image/gif', (head) => /^GIF8[79]a/.test(head.toString('latin1', 0, 6))],
  ['image/webp', (head) => head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP'],
  ['image/avif', (head) => head.toString('latin1', 4, 12) === 'ftypavif'],
  [
    'image/bmp',
    (head) => head.toString('latin1', 0, 2) === 'BM' && head.length > 26 && head.readUInt32LE(2) === head.length,
  ],
  ['image/x-icon', (head) => head.toString('latin1', 0, 4) === '\0\0\x01\0'],
];

/** The text of a file; undefined when it is binary or not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (isBinary(bytes)) return undefined;
  try {
    // A byte order mark is part of the file.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** One side of a difference, as it is sent to be shown. `content` is only asked for files that are small enough. */
export async function toDiffSide(
  state: FileState,
  content: () => Promise<Content>,
  texts: TextWork,
): Promise<DiffSide> {
  const mode = gitMode(state) ?? '';
  switch (state.type) {
    case 'absent':
      return { kind: 'absent' };
    case 'folder':
      return { kind: 'folder', mode };
    case 'symlink':
      return { kind: 'symlink', target: Buffer.from(state.target, 'latin1').toString('utf8'), mode };
    case 'special':
      return { kind: 'binary', sizeBytes: 0, sha256: '', mode };
    case 'file':
      return fileSide(state, { mode, content, texts });
  }
}

interface FileSideOptions {
  readonly mode: string;
  readonly content: () => Promise<Content>;
  readonly texts: TextWork;
}

async function fileSide(state: FileState & { type: 'file' }, options: FileSideOptions): Promise<DiffSide> {
  const { sizeBytes, sha256 } = state;
  const { mode } = options;
  const binary: DiffSide = { kind: 'binary', sizeBytes, sha256, mode };
  if (sizeBytes > TEXT_LIMIT_BYTES) {
    const encoding = encodingOf(await headOf(await options.content()));
    return encoding === undefined ? binary : { ...binary, kind: 'long-text', ...shown(encoding) };
  }
  const bytes = await sharedContent(await options.content(), sizeBytes);
  if (bytes === undefined) return binary;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mediaType = IMAGES.find(([, matches]) => matches(buffer))?.[0];
  if (mediaType) return { kind: 'image', base64: buffer.toString('base64'), mediaType, sizeBytes, mode };
  // To and fro costs more than a short text.
  const found = sizeBytes <= SHORT_BYTES ? decodeFile(buffer) : await options.texts.run('decode', bytes);
  if (found === undefined) return binary;
  return { kind: 'text', text: found.text, sizeBytes, mode, ...shown(found.encoding) };
}

function shown(encoding: TextEncoding): { encoding?: TextEncoding } {
  return encoding === 'utf-8' ? {} : { encoding };
}

/** The first chunk; the rest is not read. */
async function headOf(content: Content): Promise<Uint8Array> {
  for await (const chunk of chunksOf(content)) return chunk;
  return new Uint8Array(0);
}
