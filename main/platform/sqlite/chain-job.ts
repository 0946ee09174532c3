import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { Fault } from '../../../schema/fault.ts';
import { lineOfBody } from '../../kernel/audit/canonical.ts';
import { LineWriter } from '../files/line-writer.ts';
import type { ChainHead, ChainRow } from '../../kernel/audit/chain.ts';
import { type ChainLink, linkOfRow } from '../../kernel/audit/chain-link.ts';
import { type ChainReport, ChainVerifier } from '../../kernel/audit/chain-verifier.ts';
import { parseNote } from '../../kernel/audit/checkpoint-note.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { BlockAuditor } from './block-auditor.ts';
import { readChainBase } from './chain-base.ts';
import type { Connection } from './connection.ts';
import { hashInRun, lastOfRun, linksOfRun, RunReader } from './record-run.ts';

/** Read at once; short reads leave the WAL free to be brought into the database between them. */
const ROWS_AT_A_TIME = 500;
const PROGRESS_EVERY_RECORDS = 20_000;

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
  /** Where it is written until it is whole. */
  readonly temporary: string;
  readonly through: ChainHead;
  readonly manifest: string;
}

export interface ArchiveRequest {
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
  let reportedSeq = start;
  for (const link of linksAfter(connection, verifier, job.throughSeq)) {
    if (!verifier.next(link) || !link) break;
    if (!index.next(link.record)) return verifier.fail('format');
    if (link.seq - reportedSeq < PROGRESS_EVERY_RECORDS) continue;
    reportedSeq = link.seq;
    onProgress({ done: link.seq - start, total });
  }
  return verifier.finish();
}

/** In runs, which are quick; where a run is not as it should be, row by row, to find the very first that is bad. */
function* linksAfter(
  connection: Connection,
  verifier: ChainVerifier,
  throughSeq: number,
): Generator<ChainLink | undefined> {
  const runs = new RunReader(connection);
  while (verifier.head.seq < throughSeq) {
    const { head } = verifier;
    const run = runs.after(head.seq, throughSeq);
    const links = run && linksOfRun(run, head);
    if (links) {
      yield* links;
      continue;
    }
    // Not to the end of the run alone: behind a gap there is the row that shows it.
    for (const row of rowsAfter(connection, head.seq, throughSeq)) {
      yield linkOfRow(row, verifier.head.hash);
      if (verifier.head.seq === lastOfRun(head.seq, throughSeq)) break;
    }
    if (verifier.head.seq === head.seq) return;
  }
}

/** Writes the records as lines of canonical JSON to the temporary file. Throws `export_failed`; nothing is left behind then. */
export function exportChain(
  connection: Connection,
  job: ExportJob,
  onProgress: (progress: JobProgress) => void,
): { readonly records: number } {
  return exporting(job, () => ({ records: writeRecords(connection, job, onProgress) }));
}

/** Puts what `exportChain` wrote in its place, with the manifest beside it. Throws as that does. */
export function finishExport(job: ExportJob): void {
  exporting(job, () => {
    renameSync(job.temporary, job.file);
    writeFileAtomically(`${job.file}.manifest.json`, job.manifest);
  });
}

function exporting<T>(job: ExportJob, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    rmSync(job.temporary, { force: true });
    if (cause instanceof Fault) throw cause;
    throw new Fault('export_failed', `Cannot export the audit chain to ${job.file}: the file cannot be written`, {
      cause,
      why: cause instanceof Error ? cause.message : String(cause),
    });
  }
}

function writeRecords(
  connection: Connection,
  { through, temporary }: ExportJob,
  onProgress: (progress: JobProgress) => void,
): number {
  const fd = openSync(temporary, 'w', 0o600);
  try {
    let records = 0;
    const lines = new LineWriter(fd);
    for (const line of chainLines(connection, through)) {
      lines.write(line);
      records += 1;
      if (records % PROGRESS_EVERY_RECORDS === 0) onProgress({ done: records, total: through.seq });
    }
    lines.flush();
    fsyncSync(fd);
    return records;
  } finally {
    closeSync(fd);
  }
}

/** The records up to that one as lines of canonical JSON. Throws `export_failed` where they do not lead to it. */
export function* chainLines(connection: Connection, through: ChainHead): Generator<string, void, undefined> {
  let head = readChainBase(connection);
  for (const { body, ...next } of bodiesAfter(connection, head.seq, through.seq)) {
    yield lineOfBody(body, { prev: head.hash, hash: next.hash });
    head = next;
  }
  if (head.hash !== through.hash) throw changedMeanwhile();
}

/** The same rows, read in runs where that can be. */
function* bodiesAfter(connection: Connection, seq: number, throughSeq: number): Generator<ChainRow> {
  const runs = new RunReader(connection);
  for (let last = seq; last < throughSeq; ) {
    const run = runs.after(last, throughSeq);
    if (run === undefined) return yield* rowsAfter(connection, last, throughSeq);
    for (const [index, body] of run.texts.entries()) {
      yield { seq: last + 1 + index, hash: hashInRun(run, index), body };
    }
    last += run.texts.length;
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
