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

/**
 * Looks at what the store holds. Writes nothing, but for one case: a chain that another key has signed, as ours was lost, is
 * set aside, and a new one is to begin with its last checkpoint.
 */
export async function openChain(options: AuditLogOptions): Promise<FoundChain> {
  const { store } = options;
  const breaks = (options.breaks ?? []).map(({ reason, data }) => breakEntry(reason, data));
  const head = await store.head();
  if (head === undefined) return newChain(options, { breaks: [...(await lostChain(options)), ...breaks] });
  const checkpoint = await store.newest('checkpoint');
  if (checkpoint && checkpoint.data?.['publicKey'] !== options.signer.publicKey) {
    return chainAfterLostKey(options, breaks, checkpoint);
  }
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

interface NewChain {
  readonly breaks: readonly AuditEntry[];
  /** The checkpoint of the chain that this one follows. */
  readonly previous?: Record<string, unknown>;
}

function newChain(options: AuditLogOptions, { breaks, previous }: NewChain): FoundChain {
  const chain = options.newChainId();
  const data = { chain, version: AUDIT_RECORD_VERSION, ...(previous === undefined ? {} : { previous }) };
  return {
    chain,
    position: { head: EMPTY_CHAIN, coveredSeq: 0 },
    verified: breaks.length === 0,
    entries: [{ type: 'genesis', actor: 'kernel', data }, ...breaks],
  };
}

/** A checkpoint without its chain: what it vouches for is gone, and the new chain says so in its second record. */
async function lostChain({ store }: AuditLogOptions): Promise<AuditEntry[]> {
  const note = await store.heldNote();
  return note === undefined ? [] : [breakEntry('chain_lost', { note })];
}

async function chainAfterLostKey(
  options: AuditLogOptions,
  breaks: readonly AuditEntry[],
  checkpoint: AuditRecord,
): Promise<FoundChain> {
  options.logger.error('The key that signed the audit chain is lost: a new chain begins, the old one is set aside');
  const file = await options.store.setAside();
  const lost = breakEntry('key_lost', { file, lastCheckpoint: checkpoint.seq - 1 });
  return newChain(options, { breaks: [lost, ...breaks], ...(checkpoint.data ? { previous: checkpoint.data } : {}) });
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
