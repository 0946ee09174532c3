import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { Fault } from '../../../schema/fault.ts';
import { lineOfBody } from '../../kernel/audit/canonical.ts';
import { type ChainHead, type ChainRow, EMPTY_CHAIN } from '../../kernel/audit/chain.ts';
import { linkOfRow } from '../../kernel/audit/chain-link.ts';
import { type ChainReport, ChainVerifier } from '../../kernel/audit/chain-verifier.ts';
import { parseNote } from '../../kernel/audit/checkpoint-note.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { BlockAuditor } from './block-auditor.ts';
import type { Connection } from './connection.ts';

/** Read at once; short reads leave the WAL free to be brought into the database between them. */
const ROWS_AT_A_TIME = 500;
const PROGRESS_EVERY_RECORDS = 20_000;
const WRITE_BYTES = 1024 * 1024;

/** A stretch of the chain to verify. */
export interface VerifyJob {
  readonly chain: string;
  readonly publicKey: string;
  /** The record before the first one; the beginning of the chain when absent. */
  readonly after?: ChainHead;
  readonly throughSeq: number;
  /** Signed notes over records of this stretch, or beyond it. */
  readonly heldNotes: readonly string[];
}

export interface ExportJob {
  readonly file: string;
  readonly through: ChainHead;
  readonly manifest: string;
}

export interface JobProgress {
  readonly done: number;
  readonly total: number;
}

/** Verifies a stretch of what is stored, and the index of it. */
export function verifyChain(
  connection: Connection,
  job: VerifyJob,
  onProgress: (progress: JobProgress) => void,
): ChainReport {
  const held = job.heldNotes.flatMap((note) => parseNote(note) ?? []);
  const { chain, publicKey, after } = job;
  const verifier = new ChainVerifier({ chain, publicKey, held, ...(after ? { after } : {}) });
  const index = new BlockAuditor(connection);
  const start = after?.seq ?? 0;
  const total = job.throughSeq - start;
  for (const row of rowsAfter(connection, start, job.throughSeq)) {
    const link = linkOfRow(row, verifier.head.hash);
    if (!verifier.next(link) || !link) break;
    if (!index.next(link.record)) return verifier.fail('format');
    const done = row.seq - start;
    if (done % PROGRESS_EVERY_RECORDS === 0) onProgress({ done, total });
  }
  return verifier.finish();
}

/** Writes the records as lines of canonical JSON, and the manifest beside them. Throws `export_failed`; nothing is left behind then. */
export function exportChain(
  connection: Connection,
  job: ExportJob,
  onProgress: (progress: JobProgress) => void,
): { readonly records: number } {
  const temporary = `${job.file}.tmp-${process.pid}`;
  try {
    const records = writeRecords(connection, { ...job, file: temporary }, onProgress);
    renameSync(temporary, job.file);
    writeFileAtomically(`${job.file}.manifest.json`, job.manifest);
    return { records };
  } catch (cause) {
    rmSync(temporary, { force: true });
    if (cause instanceof Fault) throw cause;
    throw new Fault('export_failed', `Cannot export the audit chain to ${job.file}: the file cannot be written`, {
      cause,
      why: cause instanceof Error ? cause.message : String(cause),
    });
  }
}

function writeRecords(
  connection: Connection,
  { through, file }: ExportJob,
  onProgress: (progress: JobProgress) => void,
): number {
  const fd = openSync(file, 'w', 0o600);
  try {
    let records = 0;
    let head = EMPTY_CHAIN;
    let lines = '';
    for (const row of rowsAfter(connection, 0, through.seq)) {
      lines += `${lineOfBody(row.body, { prev: head.hash, hash: row.hash })}\n`;
      head = row;
      records += 1;
      if (records % PROGRESS_EVERY_RECORDS === 0) onProgress({ done: records, total: through.seq });
      if (lines.length < WRITE_BYTES) continue;
      writeSync(fd, lines);
      lines = '';
    }
    if (head.hash !== through.hash) throw changedMeanwhile();
    writeSync(fd, lines);
    fsyncSync(fd);
    return records;
  } finally {
    closeSync(fd);
  }
}

function changedMeanwhile(): Fault {
  return new Fault('export_failed', 'Cannot export the audit chain: it does not lead to its head', {
    fix: 'Verify it with `cavern audit verify`.',
  });
}

function* rowsAfter(connection: Connection, seq: number, throughSeq: number): Generator<ChainRow> {
  const select = connection.prepare<[number, number, number], ChainRow>(
    'SELECT seq, hash, body FROM audit_record WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
  );
  let last = seq;
  for (;;) {
    const rows = select.all(last, throughSeq, ROWS_AT_A_TIME);
    for (const row of rows) yield row;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.seq;
  }
}
