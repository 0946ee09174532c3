import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { AuditLog } from './audit-log.ts';
import type { ChainHead } from './chain.ts';

/** Records that were cut off the beginning of the chain, in a file of their own. */
export interface ChainArchive {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

/** Where the oldest records go. */
export interface ArchiveStore {
  /** The record before the first one that the chain still holds; the empty chain while nothing was cut off. */
  base(): Promise<ChainHead>;
  /** What the chain and its archives take on the disk, archives with the oldest records first. */
  usage(): Promise<{ readonly chainBytes: number; readonly archives: readonly ChainArchive[] }>;
  /** The last place before a record where the chain may be cut: at or below that number, all of it older than that time. */
  cutPoint(request: { readonly throughSeq: number; readonly beforeMs: number }): Promise<ChainHead | undefined>;
  /** Writes everything up to that record to an archive, synced and read again. Rejects with `storage_failed`. */
  write(request: { readonly through: ChainHead; readonly manifest: string }): Promise<ChainArchive>;
  /** Removes everything up to that record from the chain. */
  cut(base: ChainHead): Promise<void>;
  remove(archive: string): Promise<void>;
}

export interface RetentionLimits {
  /** Records older than this go to an archive. */
  readonly days: number;
  /** What the chain and its archives may take together. */
  readonly limitBytes: number;
}

export interface RetentionOptions {
  readonly log: AuditLog;
  readonly archives: ArchiveStore;
  /** The newest record that tells of a cut. */
  readonly newestCut: () => Promise<AuditRecord | undefined>;
  readonly limits: () => RetentionLimits;
  /** Runs with each turn: what else is kept for a time only. */
  readonly onRun?: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const FIRST_RUN_AFTER_MS = 90_000;
const RUN_EVERY_MS = 60 * 60 * 1000;
const WARN_AT = [0.95, 0.8] as const;
/** The chain itself takes at most this share of the limit: the rest is for what was cut off it. */
const CHAIN_SHARE = 0.5;

/**
 * Keeps the chain within its limits: what is too old, or too much, is written to a compressed and signed archive, then the
 * cut is recorded, then the records go. Archives are deleted only where the limit is reached, the oldest first, each recorded
 * before it goes.
 */
export class Retention implements Disposable {
  readonly #options: RetentionOptions;
  #timer: Disposable | undefined;
  #warnedAt = 0;
  #running: Promise<void> | undefined;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#schedule(FIRST_RUN_AFTER_MS);
  }

  /** Does what is due; one run at a time. Rejects with `storage_failed` or `audit_unavailable`. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #schedule(delayMs: number): void {
    const { clock, logger } = this.#options;
    this.#timer = clock.setTimer(delayMs, () => {
      this.run()
        .catch((cause: unknown) => logger.error('The audit chain could not be brought within its limits', { cause }))
        .finally(() => {
          if (this.#timer !== undefined) this.#schedule(RUN_EVERY_MS);
        });
    });
  }

  async #run(): Promise<void> {
    if (!this.#options.log.writable) return;
    this.#options.onRun?.();
    await this.#finishCut();
    const through = await this.#due();
    if (through !== undefined) await this.#archive(through);
    await this.#keepWithinLimit();
  }

  /** A crash may have come between the record of a cut and the cut itself, or before the record. */
  async #finishCut(): Promise<void> {
    const { archives, newestCut } = this.#options;
    const base = await archives.base();
    const told = cutOf(await newestCut());
    const ahead = (await archives.usage()).archives.filter((archive) => archive.last > base.seq);
    if (told && told.seq > base.seq && ahead.some((archive) => archive.last === told.seq)) await this.#cut(told);
    for (const { name, last } of ahead) if (last !== told?.seq) await archives.remove(name);
  }

  async #due(): Promise<ChainHead | undefined> {
    const { archives, clock, limits, log } = this.#options;
    const { days, limitBytes } = limits();
    // The record that tells of the cut, and what the newest checkpoint covers, stay in the chain.
    const throughSeq = log.state.head.seq - 1;
    const tooOld = await archives.cutPoint({ throughSeq, beforeMs: clock.now() - days * DAY_MS });
    const { chainBytes } = await archives.usage();
    if (chainBytes <= limitBytes * CHAIN_SHARE) return tooOld;
    const base = await archives.base();
    const half = base.seq + Math.floor((throughSeq - base.seq) / 2);
    const tooMuch = await archives.cutPoint({ throughSeq: half, beforeMs: Number.MAX_SAFE_INTEGER });
    return (tooMuch?.seq ?? 0) > (tooOld?.seq ?? 0) ? tooMuch : tooOld;
  }

  async #archive(through: ChainHead): Promise<void> {
    const { archives, log, logger } = this.#options;
    const base = await archives.base();
    if (through.seq <= base.seq) return;
    const manifest = log.signManifest({ first: base.seq + 1, through });
    const { name, first, last, bytes } = await archives.write({ through, manifest });
    const data = { archive: name, first, last, hash: through.hash, bytes };
    await log.append({ type: 'archive_cut', actor: 'kernel', data });
    await this.#cut(through);
    logger.info('The oldest audit records were archived', data);
  }

  /** The newest checkpoint is behind the cut then: none that is kept by this program is over an archived record. */
  async #cut(through: ChainHead): Promise<void> {
    await this.#options.log.checkpoint();
    await this.#options.archives.cut(through);
  }

  async #keepWithinLimit(): Promise<void> {
    const { archives, limits, log } = this.#options;
    const { limitBytes } = limits();
    const usage = await archives.usage();
    let usedBytes = usage.chainBytes + usage.archives.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { name, first, last, bytes } of usage.archives) {
      if (usedBytes < limitBytes) break;
      const data = { archive: name, first, last, bytes, usedBytes, limitBytes };
      await log.append({ type: 'storage_warning', actor: 'kernel', reason: 'archive_deleted', data });
      await archives.remove(name);
      usedBytes -= bytes;
    }
    const level = WARN_AT.find((share) => usedBytes >= share * limitBytes) ?? 0;
    if (level > this.#warnedAt) {
      const data = { percent: Math.round(level * 100), usedBytes, limitBytes };
      await log.append({ type: 'storage_warning', actor: 'kernel', reason: 'limit_near', data });
    }
    this.#warnedAt = level;
  }
}

/** The last record that a cut took away, as its record says. */
export function cutOf(record: AuditRecord | undefined): ChainHead | undefined {
  const { last, hash } = record?.data ?? {};
  return typeof last === 'number' && typeof hash === 'string' ? { seq: last, hash } : undefined;
}
