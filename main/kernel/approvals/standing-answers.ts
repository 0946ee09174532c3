import type { Grant } from '../../../schema/contract/approval.ts';
import type { GrantId, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import type { ReviewRequest } from '../dispatch/ports.ts';
import { compileGlob, type Glob, GlobError } from '../policy/glob.ts';
import { normaliseWorkspacePath } from '../policy/workspace-path.ts';
import { isAskedEachTime } from './approval-kind.ts';

const HOUR_MS = 3_600_000;
/** No standing answer outlives a working day unless a time was said. */
const DEFAULT_LIFE_MS = 8 * HOUR_MS;
const LONGEST_LIFE_MS = 7 * 24 * HOUR_MS;

/** How far an answer is meant to go. */
export type GrantRequest =
  | { readonly scope: 'session' }
  | { readonly scope: 'pattern'; readonly pathGlob: string; readonly until?: number | undefined }
  | { readonly scope: 'until'; readonly until: number };

interface Standing {
  readonly grant: Grant;
  readonly glob: Glob | undefined;
  uses: number;
}

export function syscallOf(request: ReviewRequest): string {
  return request.subjects[0]?.syscall ?? '';
}

/** The answers that stand: each for one caller, one syscall and the one rule that was answered, and each ends. */
export class StandingAnswers {
  readonly #clock: Clock;
  readonly #standing = new Map<GrantId, Standing>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  list(): Grant[] {
    this.#expire();
    return [...this.#standing.values()].map(({ grant, uses }) => ({ ...grant, uses }));
  }

  /** Milliseconds until the next one ends; undefined where none stands. */
  nextEndMs(): number | undefined {
    this.#expire();
    const ends = [...this.#standing.values()].map(({ grant }) => grant.expiresAt);
    return ends.length === 0 ? undefined : Math.max(0, Math.min(...ends) - this.#clock.now());
  }

  /** @throws Fault `no_session`, `not_grantable`, `invalid_pattern` */
  check(request: ReviewRequest, wanted: GrantRequest): void {
    const syscall = syscallOf(request);
    if (isAskedEachTime(syscall)) {
      throw new Fault('not_grantable', `Cannot answer for more than once: ${syscall} is asked about each time`, {
        fix: 'Answer it once.',
      });
    }
    if (wanted.scope !== 'until' && request.session === undefined) {
      throw new Fault('no_session', `Cannot answer ${syscall} for its session: the call belongs to none`, {
        fix: 'Answer it once, or until a time.',
      });
    }
    this.#life(wanted);
    if (wanted.scope !== 'pattern') return;
    const glob = compile(wanted.pathGlob);
    if (covers(glob, request)) return;
    throw new Fault('invalid_pattern', `Cannot answer for "${wanted.pathGlob}": it does not cover this question`, {
      fix: 'Write a pattern that matches every path of the question, such as src/**.',
    });
  }

  /** A checked answer that stands from now on. */
  add(request: ReviewRequest, wanted: GrantRequest): Grant {
    const now = Math.round(this.#clock.now());
    const grant: Grant = {
      id: newId<GrantId>(),
      // The session's id was validated by the contract when the call came in.
      ...(request.session === undefined ? {} : { session: request.session as SessionId }),
      syscall: syscallOf(request),
      rule: request.decision.rule ?? '',
      actor: request.caller.actor,
      scope: wanted.scope,
      ...(wanted.scope === 'pattern' ? { pathGlob: wanted.pathGlob } : {}),
      grantedAt: now,
      expiresAt: now + this.#life(wanted),
      uses: 0,
    };
    const glob = wanted.scope === 'pattern' ? compile(wanted.pathGlob) : undefined;
    this.#standing.set(grant.id, { grant, glob, uses: 0 });
    return grant;
  }

  /** The answer that covers a question, used once more. */
  take(request: ReviewRequest): Grant | undefined {
    this.#expire();
    for (const standing of this.#standing.values()) {
      if (!answers(standing, request)) continue;
      standing.uses += 1;
      return standing.grant;
    }
    return undefined;
  }

  delete(id: GrantId): Grant | undefined {
    const known = this.#standing.get(id)?.grant;
    this.#standing.delete(id);
    return known;
  }

  endSession(session: SessionId): void {
    for (const { grant } of this.#standing.values()) if (grant.session === session) this.#standing.delete(grant.id);
  }

  clear(): void {
    this.#standing.clear();
  }

  #life(wanted: GrantRequest): number {
    const until = wanted.scope === 'session' ? undefined : wanted.until;
    if (until === undefined) return DEFAULT_LIFE_MS;
    const lifeMs = Math.round(until - this.#clock.now());
    if (lifeMs > 0 && lifeMs <= LONGEST_LIFE_MS) return lifeMs;
    throw new Fault('not_grantable', 'Cannot answer until that time: it has passed, or lies more than a week ahead');
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const { grant } of this.#standing.values()) if (now >= grant.expiresAt) this.#standing.delete(grant.id);
  }
}

function compile(pathGlob: string): Glob {
  try {
    return compileGlob(pathGlob);
  } catch (cause) {
    if (!(cause instanceof GlobError)) throw cause;
    throw new Fault('invalid_pattern', `Cannot answer for "${pathGlob}": ${cause.message}`, { cause });
  }
}

/** Every path of the question, and where each leads after symlinks. */
function covers(glob: Glob, { subjects }: ReviewRequest): boolean {
  const paths = subjects.flatMap(({ path, resolvedPath }) => [path, resolvedPath ?? path]);
  return (
    paths.length > 0 &&
    paths.every((path) => {
      const normal = path === undefined ? undefined : normaliseWorkspacePath(path);
      return normal !== undefined && glob.matches(normal);
    })
  );
}

function answers({ grant, glob }: Standing, request: ReviewRequest): boolean {
  return (
    grant.session === request.session &&
    grant.actor === request.caller.actor &&
    grant.syscall === syscallOf(request) &&
    request.subjects.every(({ syscall }) => syscall === grant.syscall) &&
    grant.rule === (request.decision.rule ?? '') &&
    // Another rule asks as well, and that one was not answered.
    request.decision.reasons.length === 1 &&
    (glob === undefined || covers(glob, request))
  );
}
