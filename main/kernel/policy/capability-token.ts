import type { PolicyCall } from '../../../schema/policy.ts';
import { compileGlob, type Glob } from './glob.ts';
import type { Subject } from './subject.ts';

/** 30 s: long enough for a burst of equal calls, too short to be worth stealing (spec: policy.md, Capability tokens). */
export const DEFAULT_TTL_MS = 30_000;

/** What a token permits: to repeat one kind of call, from one process of one container, for a short time. */
export interface TokenGrant {
  readonly containerId: string;
  readonly peerPid: number;
  /** Who of that process it was given to, as the kernel knows them (`plugin:<id>`); absent: whoever shows it. */
  readonly holder?: string;
  readonly syscall: string;
  readonly pathGlobs?: readonly string[];
  /** In normal form, each for itself. Neither these nor globs: only calls without a path. */
  readonly paths?: readonly string[];
  readonly maxOps: number;
  readonly ttlMs?: number;
}

/** How a caller shows its token: each use with a higher nonce than the one before. */
export interface PresentedToken {
  readonly id: string;
  readonly nonce: number;
  readonly holder?: string;
}

/** What a call brings beside the token itself. */
export interface ShownWith {
  readonly nonce?: number | undefined;
  readonly holder?: string | undefined;
}

export interface TokenUse {
  readonly issuedAt: number;
  readonly usedOps?: number;
  readonly lastNonce?: number;
}

/** A capability token's state in the kernel. */
export class CapabilityToken {
  readonly id: string;
  readonly grant: TokenGrant;
  /** Milliseconds; from this moment on the token is worth nothing. */
  readonly endsAt: number;
  readonly #globs: readonly Glob[] | undefined;
  readonly #paths: ReadonlySet<string> | undefined;
  #usedOps: number;
  #lastNonce: number;

  /** @throws GlobError */
  constructor(id: string, grant: TokenGrant, use: TokenUse) {
    this.id = id;
    this.grant = grant;
    this.endsAt = use.issuedAt + (grant.ttlMs ?? DEFAULT_TTL_MS);
    this.#globs = grant.pathGlobs?.map(compileGlob);
    this.#paths = grant.paths && new Set(grant.paths);
    this.#usedOps = use.usedOps ?? 0;
    this.#lastNonce = use.lastNonce ?? 0;
  }

  get opsLeft(): number {
    return Math.max(0, this.grant.maxOps - this.#usedOps);
  }

  /** Why the token does not cover a call; undefined when it does. Nothing is used up by asking. */
  problem(call: PolicyCall, subjects: readonly Subject[], shown: ShownWith): string | undefined {
    const { containerId, peerPid, syscall, holder } = this.grant;
    const { nonce = 0 } = shown;
    if (call.caller.container_id !== containerId) return 'another container';
    if (call.caller.peer_pid !== peerPid) return 'another process';
    if (holder !== undefined && shown.holder !== holder) return 'another holder';
    if (call.syscall !== syscall) return 'another syscall';
    if (!(call.at < this.endsAt)) return 'expired';
    if (this.#usedOps >= this.grant.maxOps) return 'no operations left';
    if (!(nonce > this.#lastNonce)) return 'a nonce that was used before';
    for (const { path } of subjects) if (!this.#covers(path)) return 'a path outside of its scope';
    return undefined;
  }

  /** Uses up one operation, and every nonce up to this one. */
  spend(nonce: number): void {
    this.#usedOps++;
    if (nonce > this.#lastNonce) this.#lastNonce = nonce;
  }

  #covers(path: string | undefined): boolean {
    const globs = this.#globs;
    const paths = this.#paths;
    if (path === undefined) return globs === undefined && paths === undefined;
    if (paths?.has(path) === true) return true;
    if (globs !== undefined) for (const glob of globs) if (glob.matches(path)) return true;
    return false;
  }
}
