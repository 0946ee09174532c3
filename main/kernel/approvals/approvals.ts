import type { AuditType } from '../../../schema/audit-record.ts';
import type { Approval, Grant } from '../../../schema/contract/approval.ts';
import type { ReviewNotice } from '../../../schema/contract/contract.ts';
import type { ApprovalId, GrantId, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { Broadcast } from '../../base/broadcast.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import type { ReviewAnswer, ReviewPort, ReviewRequest } from '../dispatch/ports.ts';
import { approvalKind, isAskedEachTime, suggestedGlob } from './approval-kind.ts';
import { type GrantRequest, StandingAnswers, syscallOf } from './standing-answers.ts';

export interface ApprovalAudit {
  append(record: {
    type: AuditType;
    act?: string;
    actor: string;
    session?: string;
    decision?: string;
    rule?: string;
    reason?: string;
    input?: string;
    data?: Record<string, unknown>;
  }): Promise<unknown>;
}

export interface ApprovalsOptions {
  readonly clock: Clock;
  readonly audit: ApprovalAudit;
  /** How long a question stands before it is denied. */
  readonly timeoutMs: () => number;
}

interface Question {
  readonly approval: Approval;
  readonly request: ReviewRequest;
  readonly settle: (answer: ReviewAnswer) => void;
}

/** An answer to a question: to this one, to it and those like it, or no. */
export type Answer = { readonly scope: 'once' } | { readonly scope: 'deny' } | GrantRequest;

/** Who answers, as the host found out; the operator if absent. */
export interface Answerer {
  readonly by?: string;
  readonly reason?: string | undefined;
}

interface Picture {
  readonly approvals: Approval[];
  readonly grants: Grant[];
}

/** Questions to the person at the keyboard, and the answers that stand for the rest of a session. Disposing denies what is still asked. */
export class Approvals implements ReviewPort, Disposable {
  readonly #options: ApprovalsOptions;
  readonly #questions = new Map<ApprovalId, Question>();
  readonly #standing: StandingAnswers;
  #expiry: Disposable | undefined;
  readonly #changed = new Broadcast<void>();

  constructor(options: ApprovalsOptions) {
    this.#options = options;
    this.#standing = new StandingAnswers(options.clock);
  }

  picture(): Picture {
    return {
      approvals: [...this.#questions.values()].map((question) => question.approval),
      grants: this.#standing.list(),
    };
  }

  async *watch(signal: AbortSignal): AsyncGenerator<Picture, void, undefined> {
    const changes = this.#changed.listen(signal);
    yield this.picture();
    for await (const _ of changes) yield this.picture();
  }

  async ask(request: ReviewRequest): Promise<ReviewAnswer> {
    const standing = this.#standingAnswer(request);
    if (standing) {
      // How often it was used is part of the picture.
      this.#changed.publish();
      return standing;
    }
    const now = this.#options.clock.now();
    const timeoutMs = this.#options.timeoutMs();
    const approval = approvalOf(request, { askedAt: now, expiresAt: now + timeoutMs });
    await this.#record('approval_asked', request, {
      input: request.summary,
      reason: request.decision.reasons.join('; '),
    });
    return new Promise((resolve) => {
      const timer = this.#options.clock.setTimer(timeoutMs, () =>
        settle({ answer: 'deny', by: 'kernel', reason: 'nobody answered in time' }),
      );
      const withdraw = (): void => settle({ answer: 'deny', by: 'kernel', reason: 'the caller went away' });
      const settle = (answer: ReviewAnswer): void => {
        if (!this.#questions.delete(approval.id)) return;
        timer[Symbol.dispose]();
        request.signal.removeEventListener('abort', withdraw);
        this.#changed.publish();
        if (answer.by !== 'kernel') return resolve(answer);
        // A denial holds whether or not it can be recorded.
        const recorded = this.#recordAnswer(request, answer).catch(() => undefined);
        void recorded.then(() => resolve(answer));
      };
      this.#questions.set(approval.id, { approval, request, settle });
      request.signal.addEventListener('abort', withdraw, { once: true });
      this.#changed.publish();
      request.onAsked?.(noticeOf(approval));
      if (request.signal.aborted) withdraw();
    });
  }

  async approve(request: ReviewRequest): Promise<ReviewAnswer> {
    const answer: ReviewAnswer = { answer: 'allow', by: 'operator', reason: 'approved with the call' };
    await this.#recordAnswer(request, answer);
    return answer;
  }

  /**
   * Answers one question; the answer is on disk before the caller gets it.
   * @throws Fault `not_found`, `no_session`, `not_grantable`, `invalid_pattern`
   */
  async decide(id: ApprovalId, answer: Answer, { by = 'operator', reason }: Answerer = {}): Promise<void> {
    const question = this.#questions.get(id);
    if (question === undefined) {
      throw new Fault('not_found', `Cannot answer "${id}": it was answered, withdrawn or has expired`);
    }
    const { request } = question;
    const stands = answer.scope !== 'once' && answer.scope !== 'deny';
    if (stands) this.#standing.check(request, answer);
    const given: ReviewAnswer = { answer: answer.scope === 'deny' ? 'deny' : 'allow', by, reason };
    await this.#recordAnswer(request, given, answer.scope);
    if (stands) this.#standing.add(request, answer);
    question.settle(given);
    if (stands) this.#answerTheSame();
    this.#watchExpiry();
  }

  /** Withdraws a standing answer. @throws Fault `not_found` */
  revoke(id: GrantId): void {
    if (this.#standing.delete(id) === undefined) {
      throw new Fault('not_found', `Cannot withdraw "${id}": no such answer stands`);
    }
    this.#changed.publish();
  }

  /** The end of a session ends its standing answers and withdraws its questions. */
  endSession(session: SessionId): void {
    this.#standing.endSession(session);
    for (const question of this.#questions.values()) {
      if (question.request.session === session)
        question.settle({ answer: 'deny', by: 'kernel', reason: 'the session ended' });
    }
    this.#changed.publish();
  }

  [Symbol.dispose](): void {
    this.#expiry?.[Symbol.dispose]();
    for (const question of this.#questions.values()) {
      question.settle({ answer: 'deny', by: 'kernel', reason: 'the kernel ended' });
    }
  }

  /** A new policy may mean something else by the same rule names. */
  endAllGrants(): void {
    this.#standing.clear();
    this.#changed.publish();
  }

  /** The list is told when the next answer ends by itself. */
  #watchExpiry(): void {
    this.#expiry?.[Symbol.dispose]();
    const nextMs = this.#standing.nextEndMs();
    if (nextMs === undefined) return;
    this.#expiry = this.#options.clock.setTimer(nextMs, () => {
      this.#changed.publish();
      this.#watchExpiry();
    });
  }

  #standingAnswer(request: ReviewRequest): ReviewAnswer | undefined {
    const grant = this.#standing.take(request);
    return grant && { answer: 'allow', by: `grant:${grant.id}`, reason: undefined };
  }

  #answerTheSame(): void {
    for (const question of this.#questions.values()) {
      const standing = this.#standingAnswer(question.request);
      if (standing) question.settle(standing);
    }
  }

  #recordAnswer(request: ReviewRequest, answer: ReviewAnswer, extent = 'once'): Promise<unknown> {
    return this.#record('approval_answered', request, {
      actor: answer.by,
      decision: answer.answer,
      ...(answer.reason === undefined ? {} : { reason: answer.reason }),
      data: { by: answer.by, extent: answer.answer === 'allow' ? extent : 'deny' },
    });
  }

  #record(type: AuditType, request: ReviewRequest, fields: Record<string, unknown>): Promise<unknown> {
    const { act, caller, session, decision } = request;
    return this.#options.audit.append({
      type,
      act,
      actor: caller.actor,
      ...(session === undefined ? {} : { session }),
      ...(decision.rule ? { rule: decision.rule } : {}),
      ...fields,
    });
  }
}

/** What may be answered beside yes and no. */
function answersTo(request: ReviewRequest, glob: string | undefined): string[] {
  if (isAskedEachTime(syscallOf(request))) return [];
  return [...(request.session === undefined ? [] : ['session', ...(glob === undefined ? [] : ['pattern'])]), 'until'];
}

function noticeOf({ id, syscall, summary, decision, expiresAt }: Approval): ReviewNotice {
  return { approval: id, syscall, summary, reasons: [...decision.reasons], expiresAt };
}

function approvalOf(request: ReviewRequest, times: { askedAt: number; expiresAt: number }): Approval {
  const syscall = syscallOf(request);
  const glob = suggestedGlob(request.subjects.flatMap(({ path }) => (path === undefined ? [] : [path])));
  return {
    id: newId<ApprovalId>(),
    ...times,
    actor: request.caller.actor,
    // The session's id was validated by the contract when the call came in.
    ...(request.session === undefined ? {} : { session: request.session as SessionId }),
    syscall: syscallOf(request),
    paths: request.subjects.flatMap((subject) => (subject.path === undefined ? [] : [subject.path])),
    summary: request.summary,
    decision: request.decision,
    kind: approvalKind(syscall),
    ...(request.details === undefined || request.details.length === 0 ? {} : { details: [...request.details] }),
    answers: answersTo(request, glob),
    ...(glob === undefined ? {} : { suggestedGlob: glob }),
  };
}
