import type { AuditType } from '../../../schema/audit-record.ts';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import type { ActId } from '../../../schema/entities.ts';
import type { ApprovalDetail } from '../../../schema/contract/approval.ts';
import type { ReviewNotice } from '../../../schema/contract/contract.ts';
import type { Caller } from './context.ts';

/** What one call is about, as the policy sees it; a call that touches several paths has several subjects. */
export interface Subject {
  readonly syscall: string;
  readonly path?: string;
  readonly resolvedPath?: string;
  readonly tool?: string;
  readonly template?: string;
  readonly size?: number;
  /** The caller carries these beside its own: whose tool it is that acts for it. */
  readonly tags?: readonly string[];
}

/** Finds the subjects of one call's input, before anything is decided. */
export type SubjectsOf = (input: unknown, signal: AbortSignal) => readonly Subject[] | Promise<readonly Subject[]>;

/** What there is to look at before somebody answers a question about a call; asked only where one is put. */
export type DetailsOf = (input: unknown, signal: AbortSignal) => Promise<readonly ApprovalDetail[]>;

/** What a decision needs to know of the session that a call belongs to. */
export interface SessionFacts {
  readonly session: PolicyCall['session'];
  /** The same array for each call of a session. */
  readonly workspaceRoots: readonly string[];
}

/** A capability token as a caller shows it: what it stands for is looked up, never taken from here. */
export interface ShownToken {
  readonly id: string;
  /** Each use has a higher one than the use before. */
  readonly nonce: number;
  /** Who shows it, as the kernel knows them. */
  readonly holder: string;
}

/** What a decision takes into account beside the calls themselves. */
export interface JudgeContext {
  readonly workspaceRoots: readonly string[];
  readonly session: string | undefined;
  readonly token?: ShownToken | undefined;
}

/** What must hold beside the policy's leave, for a call that no person asked for. */
export interface Condition {
  /** Why a person has to look; none where it holds. */
  readonly reasons: readonly string[];
  /** Names what was looked at; the handler does that and nothing else. */
  readonly seal: string;
  /** For the record of the decision. */
  readonly data: Record<string, unknown>;
}

/** Asked of a call that the policy allows; undefined where nothing more is needed. */
export type ConditionOf = (input: unknown, caller: Caller, signal: AbortSignal) => Promise<Condition | undefined>;

export interface PolicyPort {
  /** Decides each call and gives the strictest decision: any deny, else any review with all reasons, else allow. */
  decide(calls: readonly PolicyCall[], context: JudgeContext): Decision | Promise<Decision>;
}

/** A token that was given out, as its bearer is told. */
export interface GivenToken {
  readonly id: string;
  readonly maxOps: number;
  readonly ttlMs: number;
}

/** Port: gives capability tokens. */
export interface TokenPort {
  /** After calls were allowed by rules; undefined where an equal call could be decided otherwise than by what a token is bound to. */
  issue(calls: readonly PolicyCall[], context: JudgeContext & { readonly holder: string }): GivenToken | undefined;
  /** Names a token in records; worth nothing to whoever reads it. */
  handle(id: string): string;
}

/** How a call takes part in capability tokens: what the caller shows, and what is done with one that it is given. */
export interface Capability {
  readonly shown?: Pick<ShownToken, 'id' | 'nonce'> | undefined;
  readonly onGiven?: ((token: GivenToken) => void) | undefined;
}

export interface ActRecord {
  readonly type: AuditType;
  readonly act: ActId;
  readonly actor: string;
  readonly session?: string;
  readonly sandbox?: string;
  readonly tool?: string;
  /** Names the capability token that decided, or that the record is about. */
  readonly token?: string;
  readonly decision?: string;
  readonly rule?: string;
  readonly reason?: string;
  readonly input?: string;
  readonly output?: string;
  readonly path?: string;
  readonly durationMs?: number;
  readonly data?: Record<string, unknown>;
}

export interface AuditPort {
  /** False while the log cannot be written. */
  readonly writable: boolean;
  /** On disk when it resolves; rejects with `audit_unavailable`. */
  append(record: ActRecord): Promise<unknown>;
  /** Buffered: on disk within 500 ms. */
  record(record: ActRecord): void;
}

export interface ReviewRequest {
  readonly act: ActId;
  readonly caller: Caller;
  readonly session: string | undefined;
  readonly subjects: readonly Subject[];
  readonly summary: string;
  /** What there is to look at: the command, the difference; redacted. */
  readonly details?: readonly ApprovalDetail[];
  readonly decision: Decision;
  readonly signal: AbortSignal;
  /** Told when the question is put to a person; not where a standing answer comes at once. */
  readonly onAsked?: ((notice: ReviewNotice) => void) | undefined;
}

export interface ReviewAnswer {
  readonly answer: 'allow' | 'deny';
  /** Who answered, or which standing answer did. */
  readonly by: string;
  readonly reason: string | undefined;
}

export interface ReviewPort {
  /** Waits for a person; a standing answer comes at once. The signal withdraws the question. */
  ask(request: ReviewRequest): Promise<ReviewAnswer>;
  /** Records an answer that the operator gave together with the call. */
  approve(request: ReviewRequest): Promise<ReviewAnswer>;
}
