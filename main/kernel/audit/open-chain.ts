import type { AuditEntry, AuditRecord } from '../../../schema/audit-record.ts';
import { AUDIT_RECORD_VERSION } from '../../../schema/audit-record.ts';
import { Fault } from '../../../schema/fault.ts';
import type { AuditLogOptions } from './audit-log.ts';
import { type ChainHead, EMPTY_CHAIN } from './chain.ts';
import type { ChainReport } from './chain-verifier.ts';
import type { ChainPosition } from './chain-writer.ts';
import { parseNote, verifyNote } from './checkpoint-note.ts';
import { interruptedOutcome } from './outcome.ts';

/** A chain as it was found, and what has to be written first. */
export interface FoundChain {
  readonly chain: string;
  readonly position: ChainPosition;
  readonly verified: boolean;
  readonly entries: readonly AuditEntry[];
}

/** Looks at what the store holds. Writes nothing. */
export async function openChain(options: AuditLogOptions): Promise<FoundChain> {
  const { store } = options;
  const breaks = (options.breaks ?? []).map(({ reason, data }) => breakEntry(reason, data));
  const head = await store.head();
  if (head === undefined) return newChain(options, breaks, await store.heldNote());
  const checkpoint = await store.newest('checkpoint');
  const chain = await chainIdOf(options, checkpoint);
  const report = await verifyTail(options, chain, checkpoint);
  const unfinished = await store.unfinished();
  const found = report.ok ? [] : [breakEntry('start_verification', badData(report, await store.heldNote()))];
  return {
    chain,
    position: { head, coveredSeq: checkpoint?.seq ?? 0 },
    verified: report.ok && breaks.length === 0,
    entries: [...breaks, ...found, ...unfinished.map(interruptedOutcome)],
  };
}

function newChain(options: AuditLogOptions, breaks: readonly AuditEntry[], heldNote: string | undefined): FoundChain {
  const chain = options.newChainId();
  const genesis: AuditEntry = { type: 'genesis', actor: 'kernel', data: { chain, version: AUDIT_RECORD_VERSION } };
  // A checkpoint without its chain: what it vouches for is gone, and the new chain says so in its second record.
  const lost = heldNote === undefined ? [] : [breakEntry('chain_lost', { note: heldNote })];
  return {
    chain,
    position: { head: EMPTY_CHAIN, coveredSeq: 0 },
    verified: breaks.length === 0 && lost.length === 0,
    entries: [genesis, ...lost, ...breaks],
  };
}

/** The chain id is in the genesis record, or, where that one is in an archive, in the newest checkpoint. */
async function chainIdOf(options: AuditLogOptions, checkpoint: AuditRecord | undefined): Promise<string> {
  const [oldest] = await options.store.after(0, 1);
  const chain = oldest?.data?.['chain'];
  if (oldest?.type === 'genesis' && typeof chain === 'string') return chain;
  const note = checkpoint?.data?.['note'];
  const signed = typeof note === 'string' ? parseNote(note) : undefined;
  if (signed) return signed.chain;
  throw new Fault(
    'audit_unavailable',
    'Cannot open the audit chain: it has neither a genesis record nor a checkpoint',
    {
      why: 'The database was changed by something else.',
      fix: 'Restore it from the backups folder of the home.',
    },
  );
}

/** Verifies from the newest checkpoint on, and that the checkpoint kept beside the store is contained in the chain. */
async function verifyTail(
  options: AuditLogOptions,
  chain: string,
  checkpoint: AuditRecord | undefined,
): Promise<ChainReport> {
  const { store, signer } = options;
  const note = await store.heldNote();
  const held = note === undefined ? undefined : verifyNote(note, signer.publicKey);
  const heldNotes = note !== undefined && held ? [note] : [];
  const after: ChainHead | undefined = checkpoint && { seq: checkpoint.seq - 1, hash: checkpoint.prev };
  return store.verify({ chain, publicKey: signer.publicKey, heldNotes, ...(after ? { after } : {}) });
}

function breakEntry(reason: string, data: Record<string, unknown>): AuditEntry {
  return { type: 'chain_break', actor: 'kernel', reason, data };
}

function badData(report: ChainReport, note: string | undefined): Record<string, unknown> {
  const { seq, problem } = report.firstBad ?? { seq: 0, problem: 'format' };
  return { firstBad: seq, problem, ...(note === undefined ? {} : { note }) };
}
