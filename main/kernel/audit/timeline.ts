import { AUDIT_KINDS, type AuditKind, kindOf } from '../../../schema/audit-kind.ts';
import type { AuditTimeline } from '../../../schema/contract/audit.ts';
import type { UnchainedRecord } from './canonical.ts';

interface Moment {
  readonly at: number;
  readonly kind: AuditKind;
  readonly decision: string | undefined;
}

/**
 * Draws records over time: one lane for each kind that occurs, in as many slots of the same width as are asked for. The
 * width is from the first record to the last one, so that every record lies in a slot; empty slots are left out.
 */
export function timelineOf(records: Iterable<UnchainedRecord>, slots: number): AuditTimeline {
  const moments: Moment[] = [];
  let sinceMs = Number.MAX_SAFE_INTEGER;
  let untilMs = 0;
  for (const { at, type, decision } of records) {
    moments.push({ at, kind: kindOf(type), decision });
    sinceMs = Math.min(sinceMs, at);
    untilMs = Math.max(untilMs, at);
  }
  if (moments.length === 0) return { sinceMs: 0, untilMs: 0, records: 0, lanes: [] };
  const lanes = new Map<AuditKind, Map<number, Slot>>();
  const slotMs = Math.max(1, (untilMs - sinceMs + 1) / slots);
  for (const { at, kind, decision } of moments) {
    const lane = lanes.get(kind) ?? new Map<number, Slot>();
    lanes.set(kind, lane);
    const index = Math.min(slots - 1, Math.floor((at - sinceMs) / slotMs));
    const slot = lane.get(index) ?? { slot: index, records: 0, denied: 0, reviewed: 0 };
    lane.set(index, slot);
    slot.records += 1;
    if (decision === 'deny') slot.denied += 1;
    if (decision === 'require_review') slot.reviewed += 1;
  }
  return {
    sinceMs,
    untilMs,
    records: moments.length,
    lanes: AUDIT_KINDS.flatMap((kind) => {
      const lane = lanes.get(kind);
      return lane === undefined ? [] : [{ kind, slots: [...lane.values()].sort((a, b) => a.slot - b.slot) }];
    }),
  };
}

interface Slot {
  readonly slot: number;
  records: number;
  denied: number;
  reviewed: number;
}
