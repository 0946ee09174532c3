import { isUtf8 } from 'node:buffer';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Fault } from '../../../schema/fault.ts';
import type { ChainReport } from '../../kernel/audit/chain-verifier.ts';
import { ExportVerifier } from '../../kernel/audit/export-verifier.ts';

const READ_BYTES = 1024 * 1024;
const LINE_END = 0x0a;
/** A record is small; a line beyond this is none. */
const LINE_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Verifies an export with the manifest beside it, without the database. `publicKey` is the key the operator expects, raw in
 * Base64; without it the manifest's own is believed. Throws `not_found` when one of the two files cannot be read.
 */
export async function verifyExport(file: string, publicKey?: string): Promise<ChainReport> {
  const manifestFile = `${file}.manifest.json`;
  for (const needed of [file, manifestFile]) if (!existsSync(needed)) throw missing(needed);
  const manifest = await readFile(manifestFile, 'utf8');
  const verifier = new ExportVerifier({ manifest, ...(publicKey === undefined ? {} : { publicKey }) });
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]); // a stream without an encoding gives buffers
    const end = bytes.lastIndexOf(LINE_END) + 1;
    rest = bytes.subarray(end);
    if (!takeLines(verifier, bytes.subarray(0, end))) return verifier.finish();
    if (rest.length > LINE_LIMIT_BYTES) break;
  }
  // The last line must have its end too.
  if (rest.length > 0) verifier.next(undefined);
  return verifier.finish();
}

/** Hands over whole lines. Answers whether to go on. */
function takeLines(verifier: ExportVerifier, bytes: Buffer): boolean {
  const sound = isUtf8(bytes);
  let from = 0;
  while (from < bytes.length) {
    const to = bytes.indexOf(LINE_END, from);
    const line = bytes.subarray(from, to);
    if (!verifier.next(sound || isUtf8(line) ? line.toString('utf8') : undefined)) return false;
    from = to + 1;
  }
  return true;
}

function missing(file: string): Fault {
  return new Fault('not_found', `Cannot verify the export: ${file} is missing`, {
    why: 'An export is two files: FILE and FILE.manifest.json.',
    fix: 'Copy both to the same folder, or export again.',
  });
}
