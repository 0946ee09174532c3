import type { Member } from '../../../schema/contract/contract.ts';
import type { ApprovalDetail } from '../../../schema/contract/approval.ts';
import type { ActId } from '../../../schema/entities.ts';
import type { Fault } from '../../../schema/fault.ts';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import { type Act, ActInProgress, type ActInProgressOptions } from './act-in-progress.ts';
import { isUseRecorded, judgedData, recordDecision, recordForeign, summarise } from './act-record.ts';
import type { CallMeter } from './call-meter.ts';
import { giveToken, shownToken } from './call-tokens.ts';
import type { Caller } from './context.ts';
import { type KeyReach, reachRefusal } from './key-reach.ts';
import type { Redaction } from './outgoing.ts';
import { auditUnavailable, denial, reviewNeeded } from './refusals.ts';
import type { RunningActs } from './running-acts.ts';
import { shownInput } from './shown-input.ts';
import type {
  AuditPort,
  Capability,
  Condition,
  ConditionOf,
  DetailsOf,
  JudgeContext,
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
  readonly meter: CallMeter;
}

const NO_SESSION: SessionFacts = { session: { mode: 'explore', state: 'idle' }, workspaceRoots: [] };
const DETAIL_SOURCE_LIMIT = 65_536;
const DETAILS_LIMIT = 5;
const DETAIL_LENGTH_LIMIT = 20_000;

function sessionNamedBy(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('session' in input)) return undefined;
  return typeof input.session === 'string' ? input.session : undefined;
}

function policyCalls(request: ActRequest, subjects: readonly Subject[], session: PolicyCall['session']): PolicyCall[] {
  const atMs = request.clock.now();
  const { caller } = request;
  return subjects.map(({ tags, ...subject }) => ({
    ...subject,
    caller: { container_id: caller.containerId, peer_pid: caller.peerPid, tags: tagsOf(caller, tags) },
    session,
    at: atMs,
  }));
}

/** A caller's own list where it stays the same: what is known of it need not be found out again. */
function tagsOf({ tags }: Caller, more: readonly string[] = []): string[] {
  // Frozen: nobody changes it, whatever its type says.
  return more.length === 0 && Object.isFrozen(tags) ? (tags as string[]) : [...tags, ...more];
}

/** Redacted and cut. A question is put also where there is nothing to show with it. */
async function detailsOf(gate: Gate, request: ActRequest): Promise<ApprovalDetail[]> {
  try {
    const found = (await gate.details?.get(request.method)?.(request.input, request.signal)) ?? [];
    return found.slice(0, DETAILS_LIMIT).map(({ text, truncated, ...detail }) => {
      const shown = gate.redact(text.slice(0, DETAIL_SOURCE_LIMIT)).slice(0, DETAIL_LENGTH_LIMIT);
      return { ...detail, text: shown, truncated: truncated || text.length > shown.length };
    });
  } catch {
    return [];
  }
}

interface Settled {
  readonly refusal: Fault | undefined;
  readonly reviewMs: number;
}

async function settle(gate: Gate, request: ActRequest, review: ReviewRequest): Promise<Settled> {
  const syscall = review.subjects[0]?.syscall ?? request.method;
  if (request.review === 'refuse') {
    return { refusal: reviewNeeded(syscall, review.decision), reviewMs: 0 };
  }
  const askedAtMs = request.clock.now();
  const mayApprove = request.review === 'approve' && request.caller.actor === 'operator';
  const answer = mayApprove ? await gate.review.approve(review) : await gate.review.ask(review);
  const reviewMs = request.clock.now() - askedAtMs;
  request.meter.decided(request.method, 'review', answer.answer);
  if (answer.answer === 'allow') return { refusal: undefined, reviewMs };
  return {
    refusal: denial(syscall, {
      ...review.decision,
      decision: 'deny',
      reasons: [answer.reason ?? 'denied by the operator'],
    }),
    reviewMs,
  };
}

interface Judged {
  readonly subjects: readonly Subject[];
  readonly calls: PolicyCall[];
  readonly judging: JudgeContext;
  readonly decision: Decision;
  readonly condition: Condition | undefined;
  /** As it was before the policy was asked. */
  readonly changes: number;
  readonly judgeAgain: WatchOrder['judge'];
}

type WatchOrder = Parameters<RunningActs['watch']>[0];

/** Finds out what a call is about and what the policy says, with what must hold beside its leave. */
async function judge(gate: Gate, request: ActRequest, session: string | undefined): Promise<Judged> {
  const { method, input, signal } = request;
  const subjects = (await gate.subjects.get(method)?.(input, signal)) ?? [{ syscall: method }];
  const facts = (session === undefined ? undefined : gate.sessionOf(session)) ?? NO_SESSION;
  const calls = policyCalls(request, subjects, facts.session);
  const { changes } = gate.running;
  const judging = { workspaceRoots: facts.workspaceRoots, session };
  const allowed = await gate.policy.decide(calls, { ...judging, token: shownToken(request) });
  const under = await underCondition(gate, request, allowed);
  const { decision, flagged } = under.decision;
  request.meter.decided(method, 'policy', decision === 'allow' && flagged ? 'flag' : decision);
  const judgeAgain = async (): Promise<Decision> => {
    const again = await gate.policy.decide(policyCalls(request, subjects, facts.session), judging);
    request.meter.decided(method, 'again', again.decision);
    return again;
  };
  return { subjects, calls, judging, changes, judgeAgain, ...under };
}

/** What the policy allows and no person asked for may need more than its leave; where that does not hold, a person looks. */
async function underCondition(
  gate: Gate,
  { method, input, caller, signal }: ActRequest,
  decision: Decision,
): Promise<Pick<Judged, 'decision' | 'condition'>> {
  const conditionOf = decision.decision === 'allow' ? gate.conditions?.get(method) : undefined;
  const condition = await conditionOf?.(input, caller, signal);
  if (condition === undefined || condition.reasons.length === 0) return { decision, condition };
  return { decision: { ...decision, decision: 'require_review', reasons: [...condition.reasons] }, condition };
}

function sealOf(condition: Condition | undefined): string | undefined {
  return condition?.reasons.length === 0 ? condition.seal : undefined;
}

/** Asks a person where the policy wants one. */
async function settled(
  gate: Gate,
  request: ActRequest,
  asked: Pick<Judged, 'subjects' | 'decision'> & { act: ActId; session: string | undefined; summary: string },
): Promise<Settled> {
  const { caller, member, signal, onReview: onAsked } = request;
  const { subjects, decision } = asked;
  const syscall = subjects[0]?.syscall ?? request.method;
  let refusal = decision.decision === 'deny' ? denial(syscall, decision) : undefined;
  let reviewMs = 0;
  if (decision.decision === 'require_review') {
    const details = request.review === 'wait' ? await detailsOf(gate, request) : [];
    ({ refusal, reviewMs } = await settle(gate, request, { ...asked, caller, details, signal, onAsked }));
  }
  const closedByAudit = !gate.audit.writable && member.effect !== 'read' && member.always !== true;
  refusal ??= closedByAudit ? auditUnavailable(syscall) : undefined;
  return { refusal, reviewMs };
}

/** Decides, asks where the policy wants a person, and records the decision. Resolves when the handler may run; rejects with the refusal. */
export async function beginAct(gate: Gate, request: ActRequest): Promise<Act> {
  const { method, member, input } = request;
  const act = newId<ActId>();
  const session = sessionNamedBy(input);
  const foreign = reachRefusal(gate.reach, request);
  if (foreign !== undefined) {
    recordForeign(gate, request, { act, fault: foreign });
    throw foreign;
  }
  const judged = await judge(gate, request, session);
  const { subjects, decision } = judged;
  const isUse = isUseRecorded(request);
  const summary = isUse || decision.decision !== 'allow' ? summarise(shownInput(member, input), gate.redact) : '';
  const { refusal, reviewMs } = await settled(gate, request, { act, session, subjects, decision, summary });
  const base = baseOf(gate, request, { act, session, judged });
  if (isUse || refusal !== undefined || decision.flagged) {
    await recordDecision(gate, request, {
      ...base,
      type: refusal === undefined ? (member.records?.before ?? 'call_decided') : 'call_decided',
      decision: refusal === undefined ? 'allow' : refusal.code === 'needs_review' ? 'require_review' : 'deny',
      ...(decision.rule ? { rule: decision.rule } : {}),
      ...(refusal === undefined ? {} : { reason: summarise(refusal.why ?? refusal.message, gate.redact) }),
      input: summary,
      data: recordedData(gate, method, { ...judged, reviewMs }),
    });
  }
  if (refusal) throw refusal;
  return begun(gate, request, { judged, base, reviewMs });
}

type Base = ActInProgressOptions['base'];

/** What every record of the act begins with. */
function baseOf(
  gate: Gate,
  request: ActRequest,
  { act, session, judged }: { act: ActId; session: string | undefined; judged: Judged },
): Base {
  const [first] = judged.subjects;
  const token = judged.decision.via === 'token' ? shownToken(request) : undefined;
  return {
    act,
    actor: request.caller.actor,
    ...(session === undefined ? {} : { session }),
    ...(first?.tool === undefined ? {} : { tool: first.tool }),
    ...(first?.path === undefined ? {} : { path: gate.redact(first.path) }),
    ...(token === undefined ? {} : { token: gate.tokens?.handle(token.id) ?? '' }),
  };
}

function recordedData(
  gate: Gate,
  method: string,
  { calls, condition, decision, reviewMs }: Judged & { readonly reviewMs: number },
): Record<string, unknown> {
  const data = judgedData(method, calls, gate.redact);
  if (condition === undefined && !decision.flagged && reviewMs === 0) return data;
  return {
    ...data,
    ...condition?.data,
    ...(decision.flagged ? { flagged: true } : {}),
    ...(reviewMs > 0 ? { reviewMs: Math.round(reviewMs) } : {}),
  };
}

/** The act under way: watched where a change of the policy may stop it, and not begun where one did so meanwhile. */
async function begun(
  gate: Gate,
  request: ActRequest,
  { judged, base, reviewMs }: { judged: Judged; base: Base; reviewMs: number },
): Promise<Act> {
  const { member, method, signal } = request;
  const { subjects, calls, judging, decision, condition, changes, judgeAgain } = judged;
  const syscall = subjects[0]?.syscall ?? method;
  // What the operator may always do, no policy stops either.
  const mayBeStopped = member.effect !== 'read' && member.always !== true;
  const running = mayBeStopped ? gate.running.watch({ syscall, signal, judge: judgeAgain }) : undefined;
  const act = new ActInProgress({ gate, request, base, decision, reviewMs, running, seal: sealOf(condition) });
  if (running && gate.running.changes !== changes) await running.judgeAgain();
  if (act.refusal === undefined) {
    // A token that stood on a policy which is not in force any more would be worth something all the same.
    if (gate.running.changes === changes) giveToken(gate.tokens, request, { calls, decision, judging });
    return act;
  }
  await act.fail(act.refusal);
  throw act.refusal;
}
