import type { KeyKind } from '../../../schema/key-scope.ts';

const SECOND_MS = 1000;
export const HOUR_MS = 3600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;

/** The length of the window in which requests are counted. */
export const RATE_WINDOW_MS = 60 * SECOND_MS;

export interface KeyRule {
  readonly lifetimeMs: number;
  /** From this age on a use over a host that can hand out the new token rotates it; absent: never by itself. */
  readonly rotatesAfterMs?: number;
  readonly requestsPerMinute: number;
}

/**
 * Spec: gateway.md, Keys. An admin key lives for 90 days, and one that is in use is rotated within the last seven of them, so
 * that no more than 90 days ever lie between two rotations and whoever uses it never stands before an ended key.
 */
export const KEY_RULES: Readonly<Record<KeyKind, KeyRule>> = {
  admin: { lifetimeMs: 90 * DAY_MS, rotatesAfterMs: 83 * DAY_MS, requestsPerMinute: 1000 },
  namespace: { lifetimeMs: 30 * DAY_MS, rotatesAfterMs: 7 * DAY_MS, requestsPerMinute: 100 },
  session: { lifetimeMs: HOUR_MS, requestsPerMinute: 50 },
  model: { lifetimeMs: HOUR_MS, requestsPerMinute: 200 },
};

/** How long a key that has ended is listed, and told apart from one that never was. */
export const ENDED_KEPT_MS = 30 * DAY_MS;

/** Keys that are good at the same time. */
export const LIVE_KEYS_LIMIT = 10_000;

/** Ended keys that are kept at most; the oldest go first. */
export const ENDED_KEYS_LIMIT = 2000;
