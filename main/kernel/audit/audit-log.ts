import type { AuditEntry, AuditRecord } from '../../../schema/audit-record.ts';
import type { AuditBreak, AuditTimeline, AuditVerification } from '../../../schema/contract/audit.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { AuditPage, AuditQuery, AuditStore, CountRequest, TimelineRequest } from './audit-store.ts';
import type { ChainHead } from './chain.ts';
import type { ChainReport } from './chain-verifier.ts';
import { ChainWriter } from './chain-writer.ts';
import { type Signer, verifyNote } from './checkpoint-note.ts';
import { formatManifest } from './manifest.ts';
import { openChain } from './open-chain.ts';
import { WriteQueue } from './write-queue.ts';

/** A checkpoint is written at the latest this long after a record that it has to cover. */
const CHECKPOINT_AFTER_MS = 60_000;
/** A watcher reads this many records at a time. */
const WATCH_PAGE = 500;

/** Something that was lost before this start, as the storage found it; it becomes a `chain_break` record. */
export interface ChainBreak {
  readonly reason: string;
  readonly data: Record<string, unknown>;
}

export interface AuditLogOptions {
  readonly store: AuditStore;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 32 lower-case hexadecimal digits for a new chain: random, but in tests. */
  readonly newChainId: () => string;
  /** What the storage had to repair to open. */
  readonly breaks?: readonly ChainBreak[];
}

/** The chain at a glance. */
export interface AuditState {
  readonly head: ChainHead;
  readonly writable: boolean;
  /** Whether what this start looked at was good; false from the first bad record that any verification finds. */
  readonly startVerified: boolean;
  /** The verification of the whole chain that is under way, or the last one. */
  readonly verification: AuditVerification | null;
  /** What this start found broken or lost. */
  readonly breaks: AuditBreak[];
}

export interface AuditEvent extends AuditState {
  readonly records: AuditRecord[];
}

/** Something that reads the whole chain and can be stopped. */
export interface LongRead {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface Verification extends LongRead {
  /** Checkpoints that were kept elsewhere: the chain must reach and contain them. */
  readonly held?: readonly string[];
}

/** The audit chain: the only way to write to it, and the ways to read it. */
export class AuditLog implements AsyncDisposable {
  readonly chain: string;
  readonly #options: AuditLogOptions;
  readonly #writer: ChainWriter;
  readonly #queue: WriteQueue;
  readonly #listeners = new Set<() => void>();
  #checkpointTimer: Disposable | undefined;
  #startVerified = true;
  #verification: AuditVerification | null = null;
  #breaks: AuditBreak[] = [];
  #closed = false;

  private constructor(options: AuditLogOptions, chain: string, position: ChainWriter['position']) {
    this.chain = chain;
    this.#options = options;
    this.#writer = new ChainWriter(chain, options.signer, position);
    this.#queue = new WriteQueue({ ...options, writer: this.#writer, onChange: () => this.#changed() });
  }

  /**
   * Opens the chain, or begins one in an empty store: verifies what follows the newest checkpoint, records what is broken,
   * and ends the acts that a crash interrupted. Throws a Fault when the chain can be neither read nor written.
   */
  static async open(options: AuditLogOptions): Promise<AuditLog> {
    const found = await openChain(options);
    const log = new AuditLog(options, found.chain, found.position);
    log.#startVerified = found.verified;
    log.#breaks = found.entries.flatMap(({ type, reason = '', data = {} }) =>
      type === 'chain_break' ? [{ reason, data }] : [],
    );
    await Promise.all(found.entries.map((entry) => log.append(entry)));
    // The break is recorded with the checkpoint that tells of it: from here on a new one is kept beside the store.
    if (found.entries.some((entry) => entry.type === 'chain_break')) await log.checkpoint();
    return log;
  }

  get state(): AuditState {
    return {
      head: this.#queue.head,
      writable: this.writable,
      startVerified: this.#startVerified,
      verification: this.#verification,
      breaks: this.#breaks,
    };
  }

  /** False while writing fails: every act with an effect is refused meanwhile. */
  get writable(): boolean {
    return this.#queue.failure === undefined && !this.#closed;
  }

  /** Records that wait to be written. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  get publicKey(): string {
    return this.#options.signer.publicKey;
  }

  /** Writes a record and resolves when it is synced to disk; many callers share one sync. Rejects with `audit_unavailable`. */
  async append(entry: AuditEntry): Promise<AuditRecord> {
    this.#refuseWhenClosed();
    const record = await this.#queue.synced(entry);
    if (record === undefined) throw new Fault('internal', 'Cannot record the act: the store gave no record back');
    return record;
  }

  /**
   * Writes a record within 500 ms, in order with all others. While the log cannot be written it is kept in memory and
   * written later. Throws `audit_unavailable` when too many wait; producers of many call `ready` between.
   */
  record(entry: AuditEntry): void {
    this.#refuseWhenClosed();
    this.#queue.buffered(entry);
  }

  /** Resolves when the log keeps up with what is recorded. */
  ready(): Promise<void> {
    return this.#queue.ready();
  }

  /** Resolves when everything recorded before the call is synced to disk. Rejects with `audit_unavailable`. */
  async flush(): Promise<void> {
    await this.#queue.synced('barrier');
  }

  /** Signs the head, now, unless a checkpoint covers it. Rejects with `audit_unavailable`. */
  async checkpoint(): Promise<void> {
    await this.#queue.synced('checkpoint');
  }

  /** A signed note over the newest record, to be kept somewhere else. */
  async exportCheckpoint(): Promise<string> {
    if (this.writable) await this.flush();
    return this.#writer.sign(this.#queue.head);
  }

  query(query: AuditQuery): Promise<AuditPage> {
    return this.#options.store.page(query);
  }

  /** Counts what matches, block by block from the newest one. */
  count(request: CountRequest): Promise<void> {
    return this.#options.store.count(request);
  }

  timeline(request: TimelineRequest): Promise<AuditTimeline> {
    return this.#options.store.timeline(request);
  }

  /**
   * Verifies the whole chain in a worker; the state tells how far it is, and what it found. Rejects with
   * `checkpoint_invalid` for a held note that is not of this chain.
   */
  async verify({ onProgress, signal, held: kept = [] }: Verification = {}): Promise<ChainReport> {
    for (const note of kept) this.#checkHeld(note);
    const before = this.#verification;
    this.#setVerification({ endedAt: null, done: 0, total: this.#queue.head.seq, firstBad: null });
    try {
      if (this.writable) await this.flush();
      const note = await this.#options.store.heldNote();
      const beside = note !== undefined && verifyNote(note, this.publicKey) ? [note] : [];
      const report = await this.#options.store.verify({
        chain: this.chain,
        publicKey: this.publicKey,
        heldNotes: [...beside, ...kept],
        onProgress: (done, total) => {
          this.#setVerification({ endedAt: null, done, total, firstBad: null });
          onProgress?.(done, total);
        },
        ...(signal ? { signal } : {}),
      });
      if (!report.ok) this.#startVerified = false;
      const { records, firstBad } = report;
      this.#setVerification({ endedAt: this.#options.clock.now(), done: records, total: records, firstBad });
      return report;
    } catch (cause) {
      this.#setVerification(before);
      throw cause;
    }
  }

  /** The manifest of a part of the chain, signed now. */
  signManifest({ first, through }: { readonly first: number; readonly through: ChainHead }): string {
    return formatManifest({
      version: 1,
      chain: this.chain,
      first,
      last: through.seq,
      checkpoint: this.#writer.sign(through),
      publicKey: this.publicKey,
    });
  }

  /** Writes the chain up to now to FILE, with FILE.manifest.json beside it. The same chain gives the same bytes. */
  async export(
    file: string,
    { signal, onProgress }: LongRead = {},
  ): Promise<{ readonly records: number; readonly head: ChainHead }> {
    if (this.writable) await this.flush();
    const through = this.#queue.head;
    const [oldest] = await this.#options.store.after(0, 1);
    const manifest = this.signManifest({ first: oldest?.seq ?? 1, through });
    const { records } = await this.#options.store.export({
      file,
      through,
      manifest,
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    return { records, head: through };
  }

  /**
   * The state now, then after each change the state and the records written since: none is left out however slow the
   * reader is, as they are read from the store. Ends when the signal aborts.
   */
  async *watch(signal: AbortSignal): AsyncGenerator<AuditEvent, void, undefined> {
    let seen = this.#queue.head.seq;
    let changed = false;
    let wake: (() => void) | undefined;
    const notice = (): void => {
      changed = true;
      wake?.();
    };
    this.#listeners.add(notice);
    signal.addEventListener('abort', notice);
    try {
      yield { ...this.state, records: [] };
      while (!signal.aborted && !this.#closed) {
        if (changed || seen < this.#queue.head.seq) {
          changed = false;
          const records = await this.#options.store.after(seen, WATCH_PAGE);
          seen = records.at(-1)?.seq ?? seen;
          yield { ...this.state, records };
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#listeners.delete(notice);
      signal.removeEventListener('abort', notice);
    }
  }

  /** Writes what waits and a last checkpoint. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#checkpointTimer?.[Symbol.dispose]();
    try {
      await this.#queue.synced('checkpoint');
    } catch (cause) {
      this.#options.logger.error('The audit log was closed while it could not be written', { cause });
    }
    const lost = this.#queue.stop();
    if (lost > 0) this.#options.logger.error('Records were lost', { lost });
    this.#changed();
  }

  #checkHeld(note: string): void {
    if (verifyNote(note, this.publicKey)?.chain === this.chain) return;
    throw new Fault('checkpoint_invalid', 'Cannot verify the chain: a checkpoint is not one of this chain', {
      why: 'It is changed, signed with another key, or of another chain.',
      fix: 'Hand in what `cavern audit checkpoint` printed for this home.',
    });
  }

  #setVerification(verification: AuditVerification | null): void {
    this.#verification = verification;
    this.#changed();
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new Fault('audit_unavailable', 'Cannot record the act: the audit log is closed');
  }

  #changed(): void {
    if (this.#queue.uncovered && !this.#closed) {
      this.#checkpointTimer ??= this.#options.clock.setTimer(CHECKPOINT_AFTER_MS, () => {
        this.#checkpointTimer = undefined;
        // A failure is kept by the queue and shown; the timer starts again with the next record.
        this.checkpoint().catch(() => undefined);
      });
    }
    for (const listener of this.#listeners) listener();
  }
}
