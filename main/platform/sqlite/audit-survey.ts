import type { AuditBlockCount, AuditFilters, AuditTimeline } from '../../../schema/contract/audit.ts';
import { timelineOf } from '../../kernel/audit/timeline.ts';
import { AuditScan } from './audit-scan.ts';
import type { Connection } from './connection.ts';

/** Blocks are told when there are this many, or when this much time has passed without any. */
const BLOCKS_A_REPORT = 256;
const REPORT_EVERY_MS = 100;

export interface CountJob {
  readonly filters: AuditFilters;
  /** Up to here: what is written while it counts is told as it is written, and must not be counted twice. */
  readonly throughSeq: number;
}

export interface TimelineJob {
  readonly filters: AuditFilters;
  readonly slots: number;
}

/** Newest block first; `oldest` is the first record of the last block that was looked at. */
export interface CountProgress {
  readonly blocks: readonly AuditBlockCount[];
  readonly oldest: number;
}

/** Counts what matches and tells it in portions, so that the first ones can be shown while the rest is looked at. */
export function countChain(
  connection: Connection,
  { filters, throughSeq }: CountJob,
  report: (progress: CountProgress) => void,
): void {
  let blocks: AuditBlockCount[] = [];
  let toldAtMs = performance.now();
  for (const block of new AuditScan(connection).counts(filters, throughSeq)) {
    blocks.push(block);
    const nowMs = performance.now();
    if (blocks.length < BLOCKS_A_REPORT && nowMs - toldAtMs < REPORT_EVERY_MS) continue;
    report({ blocks, oldest: block.first });
    blocks = [];
    toldAtMs = nowMs;
  }
  report({ blocks, oldest: 1 });
}

export function drawChain(connection: Connection, { filters, slots }: TimelineJob): AuditTimeline {
  return timelineOf(new AuditScan(connection).records(filters), slots);
}
