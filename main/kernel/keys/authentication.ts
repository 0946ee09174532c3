import type { KeyKind, KeyScope } from '../../../schema/key-scope.ts';
import type { Secret } from '../../base/secret.ts';
import type { Caller } from '../dispatch/context.ts';

/** Who showed a token that is good. */
export interface AuthenticatedKey {
  /** The 8 characters that name the key everywhere. */
  readonly id: string;
  /** `cav_<id>`: what may be logged and shown. */
  readonly prefix: string;
  readonly scope: KeyScope;
  /** What dispatch takes: every call is attributed to `key:<id>`, and held against the key's scope. */
  readonly caller: Caller;
  /** The key's rules want a new token with this use: ask `rotateDue` for it and hand it out with the answer. */
  readonly rotationDue: boolean;
}

export type UnauthenticatedReason = 'missing' | 'malformed' | 'unknown' | 'expired' | 'revoked' | 'rotated';

export interface Unauthenticated {
  readonly status: 401;
  readonly reason: UnauthenticatedReason;
  /** A sentence for a person; says nothing of keys that the caller does not hold. */
  readonly message: string;
}

export interface RateLimited {
  readonly status: 429;
  readonly reason: 'rate_limit_exceeded';
  readonly message: string;
  /** For the header `Retry-After`; at least 1. */
  readonly retryAfterSeconds: number;
  /** The answer's body, as it is. */
  readonly body: {
    readonly error: 'rate_limit_exceeded';
    readonly category: KeyKind;
    readonly limit: number;
    readonly window_seconds: number;
    readonly retry_after_seconds: number;
  };
}

export type KeyRefusal = Unauthenticated | RateLimited;

/** A token that took the place of another. Shown once. */
export interface RotatedToken {
  readonly id: string;
  readonly token: Secret;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly expiresAt: number;
}

/** How often keys of one kind were let in, and refused, since the kernel's start. */
export interface KeyUse {
  readonly kind: KeyKind;
  readonly accepted: number;
  readonly limited: number;
  /** With the right secret, after the key had ended. */
  readonly ended: number;
}

/** What hosts ask who a bearer is. */
export interface Authentication {
  /**
   * Judges a bearer's token and counts the request. Synchronous, O(1) in the number of keys; an id that nobody has takes the
   * way of one that somebody has.
   */
  authenticate(token: string | undefined): AuthenticatedKey | KeyRefusal;
  /**
   * Rotates a key whose rules want it, for a host that can hand the new token to the bearer; the old token ends with it. Undefined
   * where it is not due any more (another request was given the token) or cannot be done now: the old one stays as it is.
   * Never rejects.
   */
  rotateDue(id: string): Promise<RotatedToken | undefined>;
  /**
   * Calls back once when a key is good no more (rotated, revoked, its time over), at once where it has ended already: for
   * what goes on after it was let in, as streams do. Disposing ends the watch.
   */
  onEnd(id: string, ended: () => void): Disposable;
  /** For metrics; one entry for each kind. */
  use(): readonly KeyUse[];
  /** Refused because the token is missing, malformed or nobody's, since the kernel's start. */
  readonly unknown: number;
}

export function isRefusal(answer: AuthenticatedKey | KeyRefusal): answer is KeyRefusal {
  return 'status' in answer;
}
