import { randomBytes, timingSafeEqual } from 'node:crypto';
import { KEY_KINDS, type KeyKind } from '../../../schema/key-scope.ts';
import type { Clock } from '../../base/clock.ts';
import type {
  AuthenticatedKey,
  Authentication,
  KeyRefusal,
  KeyUse,
  RateLimited,
  RotatedToken,
  Unauthenticated,
  UnauthenticatedReason,
} from './authentication.ts';
import type { KeyEnds } from './key-ends.ts';
import { stateOf } from './key-record.ts';
import type { HeldKey, KeyRing } from './key-ring.ts';
import { KEY_RULES, RATE_WINDOW_MS } from './key-rules.ts';
import { prefixOf, readToken } from './key-token.ts';
import type { LastUses } from './last-uses.ts';
import type { KeyAudit } from './ports.ts';
import { RateWindow } from './rate-window.ts';

/** Windows of keys that nobody uses any more are looked for when there are so many. */
const SWEEP_AT = 1000;
/** Uses of an ended key are recorded once in so long, so that nobody fills the record with them. */
const RECORD_ENDED_EVERY_MS = 60_000;

const MESSAGES: Readonly<Record<UnauthenticatedReason, string>> = {
  missing: 'the token is missing',
  malformed: 'the token is not of the form cav_<id>_<secret>',
  unknown: 'no key has this token',
  expired: 'the key has expired',
  revoked: 'the key was revoked',
  rotated: 'the key was rotated, and another token took its place',
};

type EndedReason = Extract<UnauthenticatedReason, 'expired' | 'revoked' | 'rotated'>;

/** What one key used of the minute that ends now. */
export interface KeyMinute {
  readonly prefix: string;
  readonly kind: KeyKind;
  readonly used: number;
}

export interface AuthenticatorOptions {
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly lastUses: LastUses;
  readonly audit: KeyAudit;
  /** Gives a key a new token by its rules; undefined where that cannot be done now. Never rejects. */
  readonly rotateDue: (id: string) => Promise<RotatedToken | undefined>;
  readonly ends: Pick<KeyEnds, 'watch'>;
  /** Takes as long for any two of one length. */
  readonly isSame?: (a: Buffer, b: Buffer) => boolean;
}

/** Who bearers of tokens are. */
export class Authenticator implements Authentication {
  readonly #options: AuthenticatorOptions;
  readonly #isSame: (a: Buffer, b: Buffer) => boolean;
  /** Nobody's: what a token is compared with whose id nobody has. */
  readonly #nobody = randomBytes(32);
  readonly #windows = new Map<string, RateWindow>();
  readonly #recordedAt = new Map<string, number>();
  readonly #use = new Map(KEY_KINDS.map((kind) => [kind, { kind, accepted: 0, limited: 0, ended: 0 }]));
  #unknown = 0;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#isSame = options.isSame ?? timingSafeEqual;
  }

  get unknown(): number {
    return this.#unknown;
  }

  use(): readonly KeyUse[] {
    return Array.from(this.#use.values(), (use) => ({ ...use }));
  }

  /** What keys used of their minute, for those that used any of it. */
  minutes(): readonly KeyMinute[] {
    const nowMs = this.#options.clock.now();
    return [...this.#windows].flatMap(([id, window]) => {
      const held = this.#options.ring.get(id);
      const used = window.used(nowMs);
      return held === undefined || used === 0 ? [] : [{ prefix: prefixOf(id), kind: held.scope.kind, used }];
    });
  }

  authenticate(token: string | undefined): AuthenticatedKey | KeyRefusal {
    if (token === undefined || token === '') return this.#stranger('missing');
    const shown = readToken(token);
    if (shown === undefined) return this.#stranger('malformed');
    const held = this.#options.ring.get(shown.id);
    const isTheirs = this.#isSame(shown.digest, held?.digest ?? this.#nobody);
    if (held === undefined || !isTheirs) return this.#stranger('unknown');
    const nowMs = this.#options.clock.now();
    const state = stateOf(held.record, nowMs);
    if (state !== 'active') return this.#ended(held, state, nowMs);
    const waitMs = this.#take(held, nowMs);
    if (waitMs > 0) return this.#limited(held.scope.kind, waitMs);
    return this.#accepted(held, nowMs);
  }

  rotateDue(id: string): Promise<RotatedToken | undefined> {
    return this.#options.rotateDue(id);
  }

  onEnd(id: string, ended: () => void): Disposable {
    return this.#options.ends.watch(id, ended);
  }

  /** The key that took another's place goes on with what that one has used up. */
  handOver(from: string, to: string): void {
    const window = this.#windows.get(from);
    if (window !== undefined) this.#windows.set(to, window);
    this.#windows.delete(from);
  }

  /** Of keys that are kept no more. */
  forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.#windows.delete(id);
      this.#recordedAt.delete(id);
      this.#options.lastUses.forget(id);
    }
  }

  #accepted({ record, scope, caller }: HeldKey, nowMs: number): AuthenticatedKey {
    this.#count(scope.kind, 'accepted');
    this.#options.lastUses.note(record.id);
    return {
      id: record.id,
      prefix: prefixOf(record.id),
      scope,
      caller,
      rotationDue: record.rotatesAt !== undefined && record.rotatesAt <= nowMs,
    };
  }

  #take({ record, scope }: HeldKey, nowMs: number): number {
    let window = this.#windows.get(record.id);
    if (window === undefined) {
      if (this.#windows.size >= SWEEP_AT) this.#sweep(nowMs);
      window = new RateWindow(KEY_RULES[scope.kind].requestsPerMinute, RATE_WINDOW_MS);
      this.#windows.set(record.id, window);
    }
    return window.take(nowMs);
  }

  #sweep(nowMs: number): void {
    for (const [id, window] of this.#windows) if (window.isIdle(nowMs)) this.#windows.delete(id);
  }

  #limited(category: KeyKind, waitMs: number): RateLimited {
    this.#count(category, 'limited');
    const limit = KEY_RULES[category].requestsPerMinute;
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    return {
      status: 429,
      reason: 'rate_limit_exceeded',
      message: `Cannot take the request: the key has made its ${limit} requests of this minute`,
      retryAfterSeconds,
      body: {
        error: 'rate_limit_exceeded',
        category,
        limit,
        window_seconds: RATE_WINDOW_MS / 1000,
        retry_after_seconds: retryAfterSeconds,
      },
    };
  }

  /** Somebody has the secret of a key that is good no more: its holder who was not told, or whoever it was revoked for. */
  #ended({ record, scope }: HeldKey, reason: EndedReason, nowMs: number): Unauthenticated {
    this.#count(scope.kind, 'ended');
    const recordedAt = this.#recordedAt.get(record.id);
    if (recordedAt === undefined || recordedAt + RECORD_ENDED_EVERY_MS <= nowMs) {
      this.#recordedAt.set(record.id, nowMs);
      this.#options.audit.record({
        type: 'call_decided',
        actor: `key:${record.id}`,
        decision: 'deny',
        reason: `the key was used after its end: ${reason}`,
        data: { key: record.id, scope: record.scope },
      });
    }
    return refusal(reason);
  }

  #stranger(reason: UnauthenticatedReason): Unauthenticated {
    this.#unknown += 1;
    return refusal(reason);
  }

  #count(kind: KeyKind, outcome: 'accepted' | 'limited' | 'ended'): void {
    const use = this.#use.get(kind);
    if (use !== undefined) use[outcome] += 1;
  }
}

function refusal(reason: UnauthenticatedReason): Unauthenticated {
  return { status: 401, reason, message: `Cannot authenticate: ${MESSAGES[reason]}` };
}
