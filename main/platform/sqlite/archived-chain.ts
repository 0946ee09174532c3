import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import type { ChainHead } from '../../kernel/audit/chain.ts';
import type { ChainReport } from '../../kernel/audit/chain-verifier.ts';
import { parseNote } from '../../kernel/audit/checkpoint-note.ts';
import { listArchives, verifyArchive } from './archive-file.ts';

export interface ArchivedChainJob {
  /** Where the archives lie. */
  readonly folder: string;
  /** The last archived record: the chain in the database goes on from it. */
  readonly base: ChainHead;
  readonly publicKey: string;
  /** Signed notes over archived records, each already verified. */
  readonly heldNotes: readonly string[];
}

/**
 * Whether notes over archived records agree with the archives, from the one that holds the oldest of them to the one that the
 * database goes on from: without those between, what a note vouches for would not lead to the chain. Reads nothing where no
 * note is given. Throws `checkpoint_unreachable` where such an archive is no longer there.
 */
export async function verifyArchivedChain(job: ArchivedChainJob): Promise<ChainReport> {
  const { folder, base, publicKey } = job;
  const held = job.heldNotes.flatMap((note) => parseNote(note) ?? []);
  const oldest = Math.min(...held.map(({ seq }) => seq));
  const archives = listArchives(folder).filter(({ first, last }) => last >= oldest && first <= base.seq);
  let whole: ChainReport = { ok: true, records: 0, head: null, checkpoints: 0, firstBad: null };
  let after: ChainHead | undefined;
  for (let seq = oldest; held.length > 0 && seq <= base.seq; ) {
    const archive = archives.find(({ first, last }) => first <= seq && seq <= last);
    if (archive === undefined) throw archiveGone(oldest, seq);
    const within = held.filter((note) => note.seq >= archive.first && note.seq <= archive.last);
    const file = join(folder, archive.name);
    if (!existsSync(`${file}.manifest.json`)) throw archiveGone(oldest, seq);
    const report = await verifyArchive(file, { publicKey, held: within, ...(after ? { after } : {}) });
    whole = { ...report, records: whole.records + report.records };
    if (!report.ok || report.head === null) return whole;
    after = report.head;
    seq = archive.last + 1;
  }
  if (after === undefined || after.hash === base.hash) return whole;
  return { ...whole, ok: false, firstBad: { seq: base.seq, problem: 'hash' } };
}

function archiveGone(note: number, missing: number): Fault {
  return new Fault(
    'checkpoint_unreachable',
    `Cannot compare the checkpoint over record ${note}: it was archived, and no archive here holds record ${missing}`,
    {
      why: 'Where the size limit is reached the oldest archive is deleted; a record "storage_warning" of the chain says so. Otherwise somebody moved it.',
      fix: 'Put the archive back into the folder "archives" of the home, or verify without this checkpoint.',
    },
  );
}
