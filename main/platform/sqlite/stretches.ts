import type { ChainHead } from '../../kernel/audit/chain.ts';
import type { ChainReport } from '../../kernel/audit/chain-verifier.ts';
import { parseNote } from '../../kernel/audit/checkpoint-note.ts';
import { BLOCK_RECORDS } from './audit-block.ts';
import type { VerifyJob } from './chain-job.ts';

/** A thread takes as long to start as verifying this many records. */
const WORTH_A_THREAD = 20_000;
const THREADS_LIMIT = 4;

export interface Division {
  /** The record of a number as a head; undefined when there is none. */
  readonly headAt: (seq: number) => Promise<ChainHead | undefined>;
  readonly cores: number;
}

/**
 * Divides a verification into stretches that can be verified side by side: each begins after a record whose hash the
 * stretch before it verifies as its last one.
 */
export async function divide(
  request: Omit<VerifyJob, 'throughSeq'>,
  lastSeq: number,
  { headAt, cores }: Division,
): Promise<VerifyJob[]> {
  const start = request.after?.seq ?? 0;
  const threads = threadsFor(lastSeq - start, cores);
  const lengthRecords = Math.ceil((lastSeq - start) / threads / BLOCK_RECORDS) * BLOCK_RECORDS;
  const stretches: VerifyJob[] = [];
  for (let after = request.after; ; ) {
    const from = after?.seq ?? start;
    const end = from + lengthRecords >= lastSeq ? undefined : await headAt(from + lengthRecords);
    // Where a record is missing there is nothing to begin after: the stretch goes on to the end, and finds the gap.
    const throughSeq = end?.seq ?? lastSeq;
    const heldNotes = notesBetween(request.heldNotes, from, end?.seq);
    stretches.push({ ...request, ...(after ? { after } : {}), throughSeq, heldNotes });
    if (end === undefined) return stretches;
    after = end;
  }
}

/** The report of the whole from those of its stretches, in their order. */
export function joined(reports: readonly ChainReport[]): ChainReport {
  let whole: ChainReport = { ok: true, records: 0, head: null, checkpoints: 0, firstBad: null };
  for (const report of reports) {
    whole = {
      ...report,
      records: whole.records + report.records,
      checkpoints: whole.checkpoints + report.checkpoints,
      head: report.head ?? whole.head,
    };
    if (!report.ok) break;
  }
  return whole;
}

function threadsFor(records: number, cores: number): number {
  // Where there are many cores one is left to whoever works meanwhile; of two the system gives everybody a share.
  const free = Math.max(cores - 1, Math.min(cores, 2));
  return Math.max(1, Math.min(free, THREADS_LIMIT, Math.floor(records / WORTH_A_THREAD)));
}

/** The notes over records after the one number, up to the other. */
export function notesBetween(notes: readonly string[], after: number, through = Number.POSITIVE_INFINITY): string[] {
  return notes.filter((note) => {
    const seq = parseNote(note)?.seq ?? 0;
    return seq > after && seq <= through;
  });
}
