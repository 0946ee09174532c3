import type { Member } from '../../../schema/contract/contract.ts';
import type { ActId } from '../../../schema/entities.ts';
import type { Fault } from '../../../schema/fault.ts';
import type { Decision } from '../../../schema/policy.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import { whenThere } from '../../base/when-there.ts';
import { type Act, ActInProgress, type ActInProgressOptions } from './act-in-progress.ts';
import { isUseRecorded, judgedData, recordDecision, recordForeign, summarise } from './act-record.ts';
import type { CallMeter } from './call-meter.ts';
import { giveToken, shownToken } from './call-tokens.ts';
import type { Caller } from './context.ts';
import { type KeyReach, reachRefusal } from './key-reach.ts';
import { judge, type Judged } from './judge.ts';
import type { Redaction } from './outgoing.ts';
import type { RunningActs } from './running-acts.ts';
import { settled } from './settle.ts';
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
  /** Asked for only where it is needed: see `Request`. */
  readonly signal: AbortSignal;
  readonly review: 'wait' | 'approve' | 'refuse';
  readonly capability?: Capability | undefined;
  readonly onReview?: ReviewRequest['onAsked'];
  readonly clock: Clock;
  readonly receivedAt: number;
  readonly meter: CallMeter;
}

function sessionNamedBy(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('session' in input)) return undefined;
  return typeof input.session === 'string' ? input.session : undefined;
}

/**
 * Decides, asks where the policy wants a person, and records the decision. Gives the act when the handler may run, in this
 * turn where nobody has to be waited for; throws the refusal, or rejects with it.
 */
export function beginAct(gate: Gate, request: ActRequest): Act | Promise<Act> {
  const act = newId<ActId>();
  const session = sessionNamedBy(request.input);
  const foreign = reachRefusal(gate.reach, request);
  if (foreign !== undefined) {
    recordForeign(gate, request, { act, fault: foreign });
    throw foreign;
  }
  return whenThere(judge(gate, request, session), (judged) => enter(gate, request, { act, session, judged }));
}

interface Entering {
  readonly act: ActId;
  readonly session: string | undefined;
  readonly judged: Judged;
}

function enter(gate: Gate, request: ActRequest, { act, session, judged }: Entering): Act | Promise<Act> {
  const { member, input } = request;
  const { subjects, decision } = judged;
  const isUse = isUseRecorded(request);
  const summary = isUse || decision.decision !== 'allow' ? summarise(shownInput(member, input), gate.redact) : '';
  return whenThere(settled(gate, request, { act, session, subjects, decision, summary }), ({ refusal, reviewMs }) => {
    const base = baseOf(gate, request, { act, session, judged });
    const isRecorded = isUse || refusal !== undefined || decision.flagged;
    const recorded = isRecorded
      ? recordDecision(gate, request, {
          ...base,
          ...decisionFields(gate, request, { decision, refusal }),
          input: summary,
          data: recordedData(gate, request.method, { ...judged, reviewMs }),
        })
      : undefined;
    return whenThere(recorded, () => {
      if (refusal) throw refusal;
      return begun(gate, request, { judged, base, reviewMs });
    });
  });
}

function decisionFields(
  { redact }: Gate,
  { member }: ActRequest,
  { decision: { rule }, refusal }: { readonly decision: Decision; readonly refusal: Fault | undefined },
): Pick<ActRecord, 'type' | 'decision' | 'rule' | 'reason'> {
  const ofRule = rule ? { rule } : {};
  if (refusal === undefined) return { type: member.records?.before ?? 'call_decided', decision: 'allow', ...ofRule };
  return {
    type: 'call_decided',
    decision: refusal.code === 'needs_review' ? 'require_review' : 'deny',
    ...ofRule,
    reason: summarise(refusal.why ?? refusal.message, redact),
  };
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

function sealOf(condition: Condition | undefined): string | undefined {
  return condition?.reasons.length === 0 ? condition.seal : undefined;
}

/** The act under way: watched where a change of the policy may stop it, and not begun where one did so meanwhile. */
function begun(
  gate: Gate,
  request: ActRequest,
  { judged, base, reviewMs }: { judged: Judged; base: Base; reviewMs: number },
): Act | Promise<Act> {
  const { member, method } = request;
  const { subjects, decision, condition, changes, judgeAgain } = judged;
  const syscall = subjects[0]?.syscall ?? method;
  // What the operator may always do, no policy stops either.
  const mayBeStopped = member.effect !== 'read' && member.always !== true;
  const running = mayBeStopped ? gate.running.watch({ syscall, signal: request.signal, judge: judgeAgain }) : undefined;
  const act = new ActInProgress({ gate, request, base, decision, reviewMs, running, seal: sealOf(condition) });
  const judgedAgain = running && gate.running.changes !== changes ? running.judgeAgain() : undefined;
  return whenThere(judgedAgain, () => {
    const { refusal } = act;
    if (refusal !== undefined) return act.fail(refusal).then(() => Promise.reject(refusal));
    // A token that stood on a policy which is not in force any more would be worth something all the same.
    if (gate.running.changes === changes) giveToken(gate.tokens, request, judged);
    return act;
  });
}
