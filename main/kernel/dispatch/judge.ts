import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import { whenThere } from '../../base/when-there.ts';
import { shownToken } from './call-tokens.ts';
import type { Caller } from './context.ts';
import type { ActRequest, Gate } from './gate.ts';
import type { Condition, JudgeContext, SessionFacts, Subject } from './ports.ts';
import type { RunningActs } from './running-acts.ts';

/** What the policy said of a call, and what it said it of. */
export interface Judged {
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

const NO_SESSION: SessionFacts = { session: { mode: 'explore', state: 'idle' }, workspaceRoots: [] };

/** Finds out what a call is about and what the policy says, with what must hold beside its leave. */
export function judge(gate: Gate, request: ActRequest, session: string | undefined): Judged | Promise<Judged> {
  const { method, input } = request;
  const subjectsOf = gate.subjects.get(method);
  if (subjectsOf === undefined) return judgeSubjects(gate, request, { session, subjects: [{ syscall: method }] });
  return whenThere(subjectsOf(input, request.signal), (subjects) =>
    judgeSubjects(gate, request, { session, subjects }),
  );
}

function judgeSubjects(
  gate: Gate,
  request: ActRequest,
  { session, subjects }: { readonly session: string | undefined; readonly subjects: readonly Subject[] },
): Judged | Promise<Judged> {
  const { method } = request;
  const facts = (session === undefined ? undefined : gate.sessionOf(session)) ?? NO_SESSION;
  const { workspaceRoots } = facts;
  const calls = policyCalls(request, subjects, facts.session);
  const { changes } = gate.running;
  const judging = { workspaceRoots, session };
  const judgeAgain = async (): Promise<Decision> => {
    const again = await gate.policy.decide(policyCalls(request, subjects, facts.session), judging);
    request.meter.decided(method, 'again', again.decision);
    return again;
  };
  const allowed = gate.policy.decide(calls, { workspaceRoots, session, token: shownToken(request) });
  return whenThere(allowed, (leave) =>
    whenThere(underCondition(gate, request, leave), ({ decision, condition }) => {
      const said = decision.decision === 'allow' && decision.flagged ? 'flag' : decision.decision;
      request.meter.decided(method, 'policy', said);
      return { subjects, calls, judging, changes, judgeAgain, decision, condition };
    }),
  );
}

type Conditional = Pick<Judged, 'decision' | 'condition'>;

/** What the policy allows and no person asked for may need more than its leave; where that does not hold, a person looks. */
function underCondition(gate: Gate, request: ActRequest, decision: Decision): Conditional | Promise<Conditional> {
  const conditionOf = decision.decision === 'allow' ? gate.conditions?.get(request.method) : undefined;
  if (conditionOf === undefined) return { decision, condition: undefined };
  return conditionOf(request.input, request.caller, request.signal).then((condition) => {
    if (condition === undefined || condition.reasons.length === 0) return { decision, condition };
    return { decision: { ...decision, decision: 'require_review', reasons: [...condition.reasons] }, condition };
  });
}

function policyCalls(request: ActRequest, subjects: readonly Subject[], session: PolicyCall['session']): PolicyCall[] {
  const at = request.clock.now();
  const { containerId: container_id, peerPid: peer_pid } = request.caller;
  return subjects.map((subject) => {
    const caller = { container_id, peer_pid, tags: tagsOf(request.caller, subject.tags) };
    if (subject.tags === undefined) return { ...subject, caller, session, at };
    const { tags: _tags, ...what } = subject;
    return { ...what, caller, session, at };
  });
}

/** A caller's own list where it stays the same: what is known of it need not be found out again. */
function tagsOf({ tags }: Caller, more: readonly string[] = []): string[] {
  // Frozen: nobody changes it, whatever its type says.
  return more.length === 0 && Object.isFrozen(tags) ? (tags as string[]) : [...tags, ...more];
}
