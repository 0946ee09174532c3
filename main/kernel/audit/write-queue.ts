import type { AuditEntry, AuditRecord } from '../../../schema/audit-record.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { AuditStore, Durability } from './audit-store.ts';
import { type ChainHead, EMPTY_CHAIN } from './chain.ts';
import type { BuiltBatch, ChainWriter, Pending } from './chain-writer.ts';
import { draftBody } from './draft-body.ts';

/** A batch is started at the latest when this many records wait. */
const FLUSH_AFTER_RECORDS = 100;
/** Buffered records are synced within 500 ms; the difference is left for the writing itself. */
const FLUSH_AFTER_MS = 400;
/** A batch holds no more than this, so that building one takes the main thread a millisecond or two at most. */
const BATCH_LIMIT = 250;
/** One batch is written while the next one is linked. */
const IN_FLIGHT_LIMIT = 2;
/** More than this is never held in memory; `ready` lets producers wait before that. */
const PENDING_LIMIT = 20_000;
const READY_BELOW = 2000;
const RETRY_AFTER_MS = 1000;

export interface WriteQueueOptions {
  readonly store: AuditStore;
  readonly writer: ChainWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after the stored head or the ability to write has changed. */
  readonly onChange: () => void;
}

/** Why nothing can be written at present. */
export interface WriteFailure {
  readonly sinceMs: number;
  readonly fault: Fault;
}

/**
 * Brings entries to the store in one order: synced ones as soon as the store is free, all that wait together (one sync for
 * many), buffered ones by number or time. When writing fails it keeps what is buffered, refuses what wants to be synced,
 * and tries again until the store takes it.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  #pending: Pending[] = [];
  readonly #inFlight: BuiltBatch[] = [];
  readonly #failed: BuiltBatch[] = [];
  #wanted: Durability | undefined;
  #flushTimer: Disposable | undefined;
  #retryTimer: Disposable | undefined;
  #failure: WriteFailure | undefined;
  /** The record that tells of the failure, as of the newest try. */
  #warning: Pending | undefined;
  #stored: ChainWriter['position'];
  #roomWaiters: (() => void)[] = [];
  #pumping = false;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
    this.#stored = options.writer.position;
  }

  /** The last record that is stored. */
  get head(): ChainHead {
    return this.#stored.head;
  }

  get failure(): WriteFailure | undefined {
    return this.#failure;
  }

  /** Whether records are stored that no checkpoint covers yet. */
  get uncovered(): boolean {
    return this.#stored.head.seq > this.#stored.coveredSeq;
  }

  /** Resolves when it is on disk; rejects with `audit_unavailable`, and then it is not known to be. Undefined for what is no record. */
  synced(wanted: AuditEntry | 'checkpoint' | 'barrier'): Promise<AuditRecord | undefined> {
    if (this.#failure) return Promise.reject(this.#failure.fault);
    const atMs = this.#options.clock.now();
    const what = typeof wanted === 'string' ? wanted : draftBody(wanted, atMs);
    return new Promise((resolve, reject) => {
      this.#pending.push({ what, atMs, settle: { resolve, reject } });
      this.#want('synced');
    });
  }

  /** Throws `audit_unavailable` when so much waits already that no more can be held. */
  buffered(entry: AuditEntry): void {
    if (this.#pending.length >= PENDING_LIMIT) throw unavailable('too many records wait to be written');
    const atMs = this.#options.clock.now();
    this.#pending.push({ what: draftBody(entry, atMs), atMs });
    if (this.#pending.length >= FLUSH_AFTER_RECORDS) this.#want('buffered');
    this.#flushTimer ??= this.#options.clock.setTimer(FLUSH_AFTER_MS, () => {
      this.#flushTimer = undefined;
      if (!this.#failure) this.synced('barrier').catch(() => undefined); // the failure itself is kept and shown
    });
  }

  /** Resolves when there is room for more: for producers that can wait. */
  async ready(): Promise<void> {
    if (this.#pending.length < READY_BELOW || this.#failure) return;
    await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Records that are not yet with the store. */
  get waiting(): number {
    return this.#pending.length;
  }

  /** Stops all timers. What still waits is lost; its number is answered. */
  stop(): number {
    this.#flushTimer?.[Symbol.dispose]();
    this.#retryTimer?.[Symbol.dispose]();
    this.#retryTimer = undefined;
    return this.#pending.filter((item) => typeof item.what === 'object').length;
  }

  /** Callers of one turn of the event loop go into one batch. */
  #want(durability: Durability): void {
    if (this.#wanted !== 'synced') this.#wanted = durability;
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#mayWrite()) {
      const durability = this.#wanted ?? 'buffered';
      const taken = this.#pending.slice(0, BATCH_LIMIT);
      this.#pending = this.#pending.slice(BATCH_LIMIT);
      if (this.#pending.length === 0) this.#wanted = undefined;
      const built = this.#options.writer.build(taken, durability);
      this.#inFlight.push(built);
      void this.#write(built);
    }
    if (this.#pending.length < READY_BELOW) this.#makeRoom();
  }

  #mayWrite(): boolean {
    if (this.#failure || this.#failed.length > 0 || this.#pending.length === 0) return false;
    if (this.#wanted === undefined && this.#pending.length < FLUSH_AFTER_RECORDS) return false;
    // What is synced waits for the batch before it, so that all who come meanwhile share one sync.
    return this.#inFlight.length < (this.#wanted === 'synced' ? 1 : IN_FLIGHT_LIMIT);
  }

  /** Never rejects. */
  async #write(built: BuiltBatch): Promise<void> {
    try {
      await this.#options.store.append(built.batch);
      this.#inFlight.shift();
      this.#settle(built);
      this.#pump();
    } catch (cause) {
      this.#inFlight.shift();
      this.#failed.push(built);
      // A batch behind it follows a head that was never stored, and fails as well.
      if (this.#inFlight.length === 0) await this.#suspend(cause);
    }
  }

  #settle(built: BuiltBatch): void {
    this.#stored = built.end;
    if (built.batch.durability === 'synced' && this.#pending.length === 0 && this.#inFlight.length === 0) {
      this.#flushTimer?.[Symbol.dispose]();
      this.#flushTimer = undefined;
    }
    for (const item of built.pending) item.settle?.resolve(built.records.get(item)?.());
    this.#options.onChange();
  }

  async #suspend(cause: unknown): Promise<void> {
    const { clock, logger, store } = this.#options;
    const fault = unavailable('writing failed', cause);
    this.#failure = { sinceMs: clock.now(), fault };
    logger.error('The audit log cannot be written: no act with an effect is allowed until it can', { cause });
    // What the store reports now decides which of the batches are stored after all; when it cannot say, the retry asks again.
    await this.#reconcile(() => store.head()).catch(() => undefined);
    const doubtful = this.#failed.flatMap((built) => built.pending);
    for (const item of [...doubtful, ...this.#pending]) item.settle?.reject(fault);
    this.#pending = this.#pending.filter((item) => !item.settle);
    this.#makeRoom();
    this.#options.onChange();
    this.#retryLater();
  }

  #retryLater(): void {
    this.#retryTimer = this.#options.clock.setTimer(RETRY_AFTER_MS, () => void this.#resume());
  }

  /** Never rejects: writes everything that waits and a warning behind it, or waits for the next try. */
  async #resume(): Promise<void> {
    const { clock, logger, store, writer } = this.#options;
    const failure = this.#failure;
    if (!failure || this.#retryTimer === undefined) return;
    let built: BuiltBatch | undefined;
    try {
      await this.#reconcile(() => store.head());
      const atMs = clock.now();
      this.#warning = { what: draftBody(warningOf(failure, atMs), atMs), atMs };
      built = writer.build([...this.#pending.splice(0), this.#warning], 'synced');
      await store.append(built.batch);
    } catch (cause) {
      if (built) this.#failed.push(built);
      logger.debug('The audit log still cannot be written', { cause });
      this.#retryLater();
      return;
    }
    this.#failure = undefined;
    logger.info('The audit log can be written again', { sinceMs: failure.sinceMs });
    this.#settle(built);
    this.#pump();
  }

  /** Sorts the failed batches by what the store holds: what is there is settled, the rest waits again, and who wanted it synced is refused. */
  async #reconcile(storedHead: () => Promise<ChainHead | undefined>): Promise<void> {
    const head = (await storedHead()) ?? EMPTY_CHAIN;
    const failed = this.#failed.splice(0);
    const last = failed.findIndex((built) => isSame(built.end.head, head));
    if (last < 0 && !isSame(this.#stored.head, head)) {
      this.#failed.push(...failed);
      throw new Error('Cannot continue the chain: somebody else wrote to it');
    }
    for (const built of failed.slice(0, last + 1)) this.#settle(built);
    this.#options.writer.rewind(this.#stored);
    const lost = failed.slice(last + 1).flatMap((built) => built.pending);
    for (const item of lost) item.settle?.reject(this.#failure?.fault ?? unavailable('writing failed'));
    this.#pending.unshift(...lost.filter((item) => !item.settle && item !== this.#warning));
  }

  #makeRoom(): void {
    for (const resolve of this.#roomWaiters.splice(0)) resolve();
  }
}

function isSame(a: ChainHead, b: ChainHead): boolean {
  return a.seq === b.seq && a.hash === b.hash;
}

function unavailable(why: string, cause?: unknown): Fault {
  return new Fault('audit_unavailable', `Cannot record the act: ${why}`, {
    cause,
    why: 'Every act with an effect is recorded before it happens, and the log cannot be written.',
    fix: 'Free space on the disk, or see the log for the cause. It recovers by itself.',
    retryable: true,
  });
}

function warningOf({ sinceMs, fault }: WriteFailure, untilMs: number): AuditEntry {
  const data = { sinceMs, untilMs, cause: causeCode(fault) };
  return { type: 'storage_warning', actor: 'kernel', reason: 'audit_unavailable', data };
}

function causeCode(fault: Fault): string {
  const { cause } = fault;
  if (cause instanceof Fault && typeof cause.data === 'object' && cause.data !== null && 'code' in cause.data) {
    return String(cause.data.code);
  }
  return 'unknown';
}
