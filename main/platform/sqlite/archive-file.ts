import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import type { ChainReport } from '../../kernel/audit/chain-verifier.ts';
import { ExportVerifier, type ExportVerifierOptions } from '../../kernel/audit/export-verifier.ts';
import type { ChainArchive } from '../../kernel/audit/retention.ts';
import { loadZstd } from '../blob-store/zstd.ts';
import { syncFolder, writeFileAtomically } from '../files/atomic-file.ts';

/*
 * An archive is an export, compressed (docs/audit-format.md): zstd frames (RFC 8878) of whole lines, each of at most about a
 * mebibyte, and before each a skippable frame that holds the length of the one behind it in 32 bits, little endian. Any zstd
 * gives back the JSON Lines; ours reads frame by frame.
 */
const FRAME_TEXT_BYTES = 1024 * 1024;
/** A frame ends with the line that goes beyond the size above, and a line is small. */
const FRAME_LIMIT_BYTES = 16 * 1024 * 1024;
const SKIPPABLE_MAGIC = 0x184d2a50;
const HEADER_BYTES = 12;
const NAME = /^chain-(\d{12})-(\d{12})\.jsonl\.zst$/;

export function archiveName(first: number, last: number): string {
  const digits = (seq: number): string => String(seq).padStart(12, '0');
  return `chain-${digits(first)}-${digits(last)}.jsonl.zst`;
}

/** The archives in a folder, the oldest records first. */
export function listArchives(folder: string): ChainArchive[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.sort().flatMap((name) => {
    const [, first, last] = NAME.exec(name) ?? [];
    if (first === undefined) return [];
    return [{ name, first: Number(first), last: Number(last), bytes: statSync(join(folder, name)).size }];
  });
}

export function removeArchive(folder: string, name: string): void {
  rmSync(join(folder, `${basename(name)}.manifest.json`), { force: true });
  rmSync(join(folder, basename(name)), { force: true });
  syncFolder(folder);
}

export interface ArchiveJob {
  readonly file: string;
  readonly lines: Iterable<string>;
  readonly manifest: string;
}

/** What an archive has to agree with beside its own manifest. */
export type ExpectedArchive = Omit<ExportVerifierOptions, 'manifest'>;

/** Writes an archive and its manifest, synced, reads it again and verifies it; it appears whole or not at all. */
export async function writeArchive({ file, lines, manifest }: ArchiveJob): Promise<void> {
  const unfinished = `${file}.tmp`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    await writeFrames(unfinished, lines);
    const report = await verifyArchiveFile(unfinished, { manifest });
    if (!report.ok) throw new Error(`Record ${report.firstBad?.seq} is bad: ${report.firstBad?.problem}`);
    writeFileAtomically(`${file}.manifest.json`, manifest);
    renameSync(unfinished, file);
    syncFolder(dirname(file));
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw archiveFault(cause);
  }
}

/** Verifies an archive with the manifest beside it. */
export async function verifyArchive(file: string, expected: ExpectedArchive = {}): Promise<ChainReport> {
  return verifyArchiveFile(file, { ...expected, manifest: await readFile(`${file}.manifest.json`, 'utf8') });
}

async function verifyArchiveFile(file: string, options: ExportVerifierOptions): Promise<ChainReport> {
  const verifier = new ExportVerifier(options);
  try {
    for await (const text of archivedTexts(file)) {
      const lines = text.split('\n');
      // What follows the last line end is no line.
      const rest = lines.pop();
      if (rest !== '' || !lines.every((line) => verifier.next(line))) break;
    }
  } catch (cause) {
    // A disk that cannot be read says nothing about the archive; bytes that cannot be unpacked do.
    if (cause instanceof Error && 'syscall' in cause) throw cause;
    verifier.next(undefined);
  }
  return verifier.finish();
}

async function writeFrames(file: string, lines: Iterable<string>): Promise<void> {
  const fd = openSync(file, 'w', 0o600);
  try {
    let text = '';
    for (const line of lines) {
      text += `${line}\n`;
      if (text.length < FRAME_TEXT_BYTES) continue;
      writeSync(fd, await frameOf(text));
      text = '';
    }
    if (text !== '') writeSync(fd, await frameOf(text));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

async function frameOf(text: string): Promise<Buffer> {
  const zstd = await loadZstd();
  const frame = await zstd.compress(Buffer.from(text));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  header.writeUInt32LE(4, 4);
  header.writeUInt32LE(frame.length, 8);
  return Buffer.concat([header, frame]);
}

/** The text of each frame. Throws where the file is not of the form. */
export async function* archivedTexts(file: string): AsyncGenerator<string, void, undefined> {
  const zstd = await loadZstd();
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: FRAME_TEXT_BYTES })) {
    rest = Buffer.concat([rest, chunk as Buffer]); // a stream without an encoding gives buffers
    for (;;) {
      if (rest.length < HEADER_BYTES) break;
      if (rest.readUInt32LE(0) !== SKIPPABLE_MAGIC) throw new Error('It is no archive');
      const end = HEADER_BYTES + rest.readUInt32LE(8);
      if (rest.length < end) break;
      const bytes = await zstd.decompress(rest.subarray(HEADER_BYTES, end), FRAME_LIMIT_BYTES);
      yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
      rest = rest.subarray(end);
    }
  }
  if (rest.length > 0) throw new Error('It is cut off');
}

function archiveFault(cause: unknown): Fault {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  return new Fault('storage_failed', 'Cannot archive the oldest records: the archive cannot be written', {
    cause,
    why: cause instanceof Error ? cause.message : String(cause),
    data: { code },
    retryable: true,
  });
}
