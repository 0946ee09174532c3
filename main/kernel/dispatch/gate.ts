import type { Member } from '../../../schema/contract/contract.ts';
import type { ApprovalDetail } from '../../../schema/contract/approval.ts';
import type { ActId } from '../../../schema/entities.ts';
import type { Fault } from '../../../schema/fault.ts';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import type { RunningActs, WatchedAct } from './running-acts.ts';
import type { ActNotes, CallContext, Caller } from './context.ts';
import type { Redaction } from './outgoing.ts';
import { giveToken, shownToken } from './call-tokens.ts';
import { isKeyCaller, type KeyReach, reachRefusal } from './key-reach.ts';
import { auditUnavailable, denial, reviewNeeded } from './refusals.ts';
import { shownInput } from './shown-input.ts';
import type {
  ActRecord,
  AuditPort,
  Capability,
  Condition,
  ConditionOf,
  DetailsOf,
  PolicyPort,
  ReviewPort,
  ReviewRequest,
  SessionFacts,
  Subject,
  SubjectsOf,
  TokenPort,
} from './ports.ts';

/** Everything that stands between a valid request and its handler. */
export interface Gate {
  readonly policy: PolicyPort;
  readonly audit: AuditPort;
  readonly review: ReviewPort;
  /** Absent: nobody is given a token. */
  readonly tokens?: TokenPort;
  readonly redact: (text: string) => string;
  /** For what goes to callers who are not the operator. */
  readonly redaction: () => Redaction;
  /** For calls whose subject is more than their own name. */
  readonly subjects: ReadonlyMap<string, SubjectsOf>;
  /** What must hold beside the policy's leave. */
  readonly conditions?: ReadonlyMap<string, ConditionOf>;
  /** What to show to whoever is asked about a call. */
  readonly details?: ReadonlyMap<string, DetailsOf>;
  readonly sessionOf: (session: string) => SessionFacts | undefined;
  /** Where acts are that a change of the policy may stop. */
  readonly running: RunningActs;
  /** What keys of the gateway are held against; absent: only admin keys open anything. */
  readonly reach?: KeyReach;
}

export interface ActRequest {
  readonly method: string;
  readonly member: Member;
  readonly input: unknown;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  readonly review: 'wait' | 'approve' | 'refuse';
  readonly capability?: Capability | undefined;
  readonly onReview?: ReviewRequest['onAsked'];
  readonly clock: Clock;
  readonly receivedAt: number;
}

/** A call that was allowed and whose outcome has yet to be recorded. */
export interface Act {
  readonly context: CallContext;
  /** Why the act was stopped before its end; undefined where it was not. */
  readonly refusal: Fault | undefined;
  finish(): Promise<void>;
  fail(fault: Fault): Promise<void>;
}

const NO_SESSION: SessionFacts = { session: { mode: 'explore', state: 'idle' }, workspaceRoots: [] };
const SUMMARY_SOURCE_LIMIT = 65_536;
const SUMMARY_LIMIT = 500;
/** A merge of thousands of files is judged whole and kept in part. */
const JUDGED_LIMIT = 20;
const DETAILS_LIMIT = 5;
const DETAIL_LENGTH_LIMIT = 20_000;

/** Redacts first and cuts then, so that no half of a secret survives at the edge; texts before JSON escapes what is in them. */
export function summarise(value: unknown, redact: (text: string) => string): string {
  const clean = (_name: string, inner: unknown): unknown =>
    typeof inner === 'string' ? redact(inner.slice(0, SUMMARY_SOURCE_LIMIT)) : inner;
  const text = typeof value === 'string' ? value : (JSON.stringify(value, clean) ?? '');
  return Array.from(redact(text.slice(0, SUMMARY_SOURCE_LIMIT)))
    .slice(0, SUMMARY_LIMIT)
    .join('');
}

function sessionNamedBy(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('session' in input)) return undefined;
  return typeof input.session === 'string' ? input.session : undefined;
}

class ActInProgress implements Act {
  readonly context: CallContext;
  readonly #gate: Gate;
  readonly #request: ActRequest;
  readonly #base: Pick<ActRecord, 'act' | 'actor' | 'session' | 'tool' | 'path' | 'token'>;
  readonly #startedAtMs: number;
  readonly #running: WatchedAct | undefined;
  #notes: ActNotes = {};
  #ended = false;

  constructor(options: {
    gate: Gate;
    request: ActRequest;
    base: Pick<ActRecord, 'act' | 'actor' | 'session' | 'tool' | 'path' | 'token'>;
    decision: Decision;
    reviewMs: number;
    running: WatchedAct | undefined;
    seal: string | undefined;
  }) {
    this.#gate = options.gate;
    this.#running = options.running;
    this.#request = options.request;
    this.#base = options.base;
    this.#startedAtMs = options.request.clock.now();
    this.context = {
      caller: options.request.caller,
      signal: options.running?.signal ?? options.request.signal,
      act: options.base.act,
      decision: options.decision,
      ...(options.seal === undefined ? {} : { seal: options.seal }),
      receivedAt: options.request.receivedAt,
      reviewMs: options.reviewMs,
      note: (notes) => {
        this.#notes = { ...this.#notes, ...notes, data: { ...this.#notes.data, ...notes.data } };
      },
    };
  }

  get refusal(): Fault | undefined {
    return this.#running?.refusal;
  }

  finish(): Promise<void> {
    return this.#end({});
  }

  fail(fault: Fault): Promise<void> {
    return this.#end({ reason: summarise(`${fault.code}: ${fault.message}`, this.#gate.redact) });
  }

  async #end(outcome: Pick<ActRecord, 'reason'>): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#running?.[Symbol.dispose]();
    const { method, member, clock } = this.#request;
    if (!isRecorded(member)) return;
    // Redacting keeps the form.
    const clean = this.#gate.redaction().redactValue(this.#notes) as ActNotes;
    const { output, data, ...notes } = clean;
    const record: ActRecord = {
      ...this.#base,
      ...notes,
      ...(output === undefined ? {} : { output: summarise(output, this.#gate.redact) }),
      data: { call: method, ...data },
      ...outcome,
      type: member.records?.after ?? 'call_finished',
      durationMs: Math.max(0, Math.round(clock.now() - this.#startedAtMs)),
    };
    if (member.effect === 'grant' && this.#gate.audit.writable) await this.#gate.audit.append(record);
    else this.#gate.audit.record(record);
  }
}

function isRecorded(member: Member): boolean {
  return member.effect !== 'read' && member.record !== 'parent';
}

/** What comes with a key is attributed to it also where it only reads. */
function isUseRecorded({ member, caller }: ActRequest): boolean {
  return isRecorded(member) || (isKeyCaller(caller) && member.record !== 'parent');
}

/** Without the session: whose it is says nothing of the key. */
function recordForeign(gate: Gate, { method, caller }: ActRequest, { act, fault }: { act: ActId; fault: Fault }): void {
  const reason = summarise(`${fault.code}: ${fault.why ?? fault.message}`, gate.redact);
  gate.audit.record({
    type: 'call_decided',
    act,
    actor: caller.actor,
    decision: 'deny',
    reason,
    data: { call: method },
  });
}

function policyCalls(request: ActRequest, subjects: readonly Subject[], session: PolicyCall['session']): PolicyCall[] {
  const atMs = request.clock.now();
  const { caller } = request;
  return subjects.map(({ tags = [], ...subject }) => ({
    ...subject,
    caller: { container_id: caller.containerId, peer_pid: caller.peerPid, tags: [...caller.tags, ...tags] },
    session,
    at: atMs,
  }));
}

/** Redacted and cut. A question is put also where there is nothing to show with it. */
async function detailsOf(gate: Gate, request: ActRequest): Promise<ApprovalDetail[]> {
  try {
    const found = (await gate.details?.get(request.method)?.(request.input, request.signal)) ?? [];
    return found.slice(0, DETAILS_LIMIT).map(({ text, truncated, ...detail }) => {
      const shown = gate.redact(text.slice(0, SUMMARY_SOURCE_LIMIT)).slice(0, DETAIL_LENGTH_LIMIT);
      return { ...detail, text: shown, truncated: truncated || text.length > shown.length };
    });
  } catch {
    return [];
  }
}

/** What a record keeps of the calls, so that another policy can be tried on them (policy.md, Changing the policy). */
function judgedCalls(calls: readonly PolicyCall[], redact: (text: string) => string): Record<string, unknown> {
  const [first] = calls;
  const subjects = calls.slice(0, JUDGED_LIMIT).map(({ caller: _caller, session: _session, at: _at, ...subject }) => ({
    ...subject,
    ...(subject.path === undefined ? {} : { path: redact(subject.path) }),
    ...(subject.resolvedPath === undefined ? {} : { resolvedPath: redact(subject.resolvedPath) }),
  }));
  return { tags: first?.caller.tags ?? [], ...first?.session, subjects };
}

async function settle(
  gate: Gate,
  request: ActRequest,
  review: ReviewRequest,
): Promise<{ refusal?: Fault; reviewMs: number }> {
  const syscall = review.subjects[0]?.syscall ?? request.method;
  if (request.review === 'refuse') {
    return { refusal: reviewNeeded(syscall, review.decision), reviewMs: 0 };
  }
  const askedAtMs = request.clock.now();
  const mayApprove = request.review === 'approve' && request.caller.actor === 'operator';
  const answer = mayApprove ? await gate.review.approve(review) : await gate.review.ask(review);
  const reviewMs = request.clock.now() - askedAtMs;
  if (answer.answer === 'allow') return { reviewMs };
  return {
    refusal: denial(syscall, {
      ...review.decision,
      decision: 'deny',
      reasons: [answer.reason ?? 'denied by the operator'],
    }),
    reviewMs,
  };
}

/** What the policy allows and no person asked for may need more than its leave; where that does not hold, a person looks. */
async function underCondition(
  gate: Gate,
  { method, input, caller, signal }: ActRequest,
  decision: Decision,
): Promise<{ readonly decision: Decision; readonly condition: Condition | undefined }> {
  const conditionOf = decision.decision === 'allow' ? gate.conditions?.get(method) : undefined;
  const condition = await conditionOf?.(input, caller, signal);
  if (condition === undefined || condition.reasons.length === 0) return { decision, condition };
  return { decision: { ...decision, decision: 'require_review', reasons: [...condition.reasons] }, condition };
}

function sealOf(condition: Condition | undefined): string | undefined {
  return condition?.reasons.length === 0 ? condition.seal : undefined;
}

/** Decides, asks where the policy wants a person, and records the decision. Resolves when the handler may run; rejects with the refusal. */
export async function beginAct(gate: Gate, request: ActRequest): Promise<Act> {
  const { method, member, input, caller } = request;
  const act = newId<ActId>();
  const session = sessionNamedBy(input);
  const foreign = reachRefusal(gate.reach, request);
  if (foreign !== undefined) {
    recordForeign(gate, request, { act, fault: foreign });
    throw foreign;
  }
  const subjects = (await gate.subjects.get(method)?.(input, request.signal)) ?? [{ syscall: method }];
  const facts = (session === undefined ? undefined : gate.sessionOf(session)) ?? NO_SESSION;
  const calls = policyCalls(request, subjects, facts.session);
  const { changes } = gate.running;
  const judging = { workspaceRoots: facts.workspaceRoots, session };
  const token = shownToken(request);
  const allowed = await gate.policy.decide(calls, { ...judging, token });
  const { decision, condition } = await underCondition(gate, request, allowed);
  const first = subjects[0];
  const syscall = first?.syscall ?? method;
  const base = {
    act,
    actor: caller.actor,
    ...(session === undefined ? {} : { session }),
    ...(first?.tool === undefined ? {} : { tool: first.tool }),
    ...(first?.path === undefined ? {} : { path: gate.redact(first.path) }),
    ...(token && decision.via === 'token' ? { token: gate.tokens?.handle(token.id) ?? '' } : {}),
  };
  const summary =
    isUseRecorded(request) || decision.decision !== 'allow' ? summarise(shownInput(member, input), gate.redact) : '';
  let refusal = decision.decision === 'deny' ? denial(syscall, decision) : undefined;
  let reviewMs = 0;
  if (decision.decision === 'require_review') {
    const details = request.review === 'wait' ? await detailsOf(gate, request) : [];
    const { signal, onReview: onAsked } = request;
    const review = { act, caller, session, subjects, summary, details, decision, signal, onAsked };
    ({ refusal, reviewMs } = { refusal: undefined, ...(await settle(gate, request, review)) });
  }
  const closedByAudit = !gate.audit.writable && member.effect !== 'read' && member.always !== true;
  refusal ??= closedByAudit ? auditUnavailable(syscall) : undefined;
  if (isUseRecorded(request) || refusal !== undefined || decision.flagged) {
    await recordDecision(gate, request, {
      ...base,
      type: refusal === undefined ? (member.records?.before ?? 'call_decided') : 'call_decided',
      decision: refusal === undefined ? 'allow' : refusal.code === 'needs_review' ? 'require_review' : 'deny',
      ...(decision.rule ? { rule: decision.rule } : {}),
      ...(refusal === undefined ? {} : { reason: summarise(refusal.why ?? refusal.message, gate.redact) }),
      input: summary,
      data: {
        call: method,
        judged: judgedCalls(calls, gate.redact),
        ...condition?.data,
        ...(decision.flagged ? { flagged: true } : {}),
        ...(reviewMs > 0 ? { reviewMs: Math.round(reviewMs) } : {}),
      },
    });
  }
  if (refusal) throw refusal;
  // What the operator may always do, no policy stops either.
  const mayBeStopped = member.effect !== 'read' && member.always !== true;
  const judge = (): ReturnType<PolicyPort['decide']> =>
    gate.policy.decide(policyCalls(request, subjects, facts.session), judging);
  const running = mayBeStopped ? gate.running.watch({ syscall, signal: request.signal, judge }) : undefined;
  const begun = new ActInProgress({ gate, request, base, decision, reviewMs, running, seal: sealOf(condition) });
  if (running && gate.running.changes !== changes) await running.judgeAgain();
  if (begun.refusal === undefined) {
    // A token that stood on a policy which is not in force any more would be worth something all the same.
    if (gate.running.changes === changes) giveToken(gate.tokens, request, { calls, decision, judging });
    return begun;
  }
  await begun.fail(begun.refusal);
  throw begun.refusal;
}

async function recordDecision(gate: Gate, request: ActRequest, record: ActRecord): Promise<void> {
  const mustBeOnDisk = request.member.effect === 'grant' && record.decision === 'allow';
  if (!mustBeOnDisk || (!gate.audit.writable && request.member.always === true)) return gate.audit.record(record);
  await gate.audit.append(record);
}
