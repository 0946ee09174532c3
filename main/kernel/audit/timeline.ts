import { AUDIT_KINDS, type AuditKind, kindOf } from '../../../schema/audit-kind.ts';
import type { AuditTimeline } from '../../../schema/contract/audit.ts';
import type { UnchainedRecord } from './canonical.ts';

const CHUNK = 65_536;
const VERDICTS = { other: 0, denied: 1, reviewed: 2 } as const;

/** Moments of a kind and a verdict in typed arrays: a chain of millions of records takes nine bytes for each. */
class Moments {
  readonly #times: Float64Array[] = [];
  readonly #codes: Uint8Array[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(atMs: number, kind: AuditKind, verdict: number): void {
    const index = this.#count % CHUNK;
    if (index === 0) {
      this.#times.push(new Float64Array(CHUNK));
      this.#codes.push(new Uint8Array(CHUNK));
    }
    const chunk = this.#times.length - 1;
    const [times, codes] = [this.#times[chunk], this.#codes[chunk]];
    if (times) times[index] = atMs;
    if (codes) codes[index] = AUDIT_KINDS.indexOf(kind) * 3 + verdict;
    this.#count += 1;
  }

  forEach(visit: (atMs: number, kindIndex: number, verdict: number) => void): void {
    for (let index = 0; index < this.#count; index += 1) {
      const chunk = Math.floor(index / CHUNK);
      const code = this.#codes[chunk]?.[index % CHUNK] ?? 0;
      visit(this.#times[chunk]?.[index % CHUNK] ?? 0, Math.floor(code / 3), code % 3);
    }
  }
}

/**
 * Draws records over time: one lane for each kind that occurs, in as many slots of the same width as are asked for. The
 * width is from the first record to the last one, so that every record lies in a slot; empty slots are left out.
 */
export function timelineOf(records: Iterable<UnchainedRecord>, slots: number): AuditTimeline {
  const moments = new Moments();
  let sinceMs = Number.MAX_SAFE_INTEGER;
  let untilMs = 0;
  for (const { at, type, decision } of records) {
    moments.add(at, kindOf(type), verdictOf(decision));
    sinceMs = Math.min(sinceMs, at);
    untilMs = Math.max(untilMs, at);
  }
  if (moments.count === 0) return { sinceMs: 0, untilMs: 0, records: 0, lanes: [] };
  const lanes = AUDIT_KINDS.map(() => new Map<number, Slot>());
  const slotMs = Math.max(1, (untilMs - sinceMs + 1) / slots);
  moments.forEach((atMs, kindIndex, verdict) => {
    const lane = lanes[kindIndex];
    const index = Math.min(slots - 1, Math.floor((atMs - sinceMs) / slotMs));
    const slot = lane?.get(index) ?? { slot: index, records: 0, denied: 0, reviewed: 0 };
    lane?.set(index, slot);
    slot.records += 1;
    if (verdict === VERDICTS.denied) slot.denied += 1;
    if (verdict === VERDICTS.reviewed) slot.reviewed += 1;
  });
  return {
    sinceMs,
    untilMs,
    records: moments.count,
    lanes: AUDIT_KINDS.flatMap((kind, index) => {
      const drawn = [...(lanes[index]?.values() ?? [])].sort((a, b) => a.slot - b.slot);
      return drawn.length === 0 ? [] : [{ kind, slots: drawn }];
    }),
  };
}

function verdictOf(decision: string | undefined): number {
  if (decision === 'deny') return VERDICTS.denied;
  return decision === 'require_review' ? VERDICTS.reviewed : VERDICTS.other;
}

interface Slot {
  readonly slot: number;
  records: number;
  denied: number;
  reviewed: number;
}
