import type { CompiledPolicy } from './compiled-policy.ts';
import { isOperatorCall } from './operator-calls.ts';
import { denial, flagged, joinLayers, type Outcome, PASS } from './outcome.ts';
import { judgeByPolicy } from './policy-layer.ts';
import type { Subject } from './subject.ts';

/** The document that lies in a workspace. `invalid`: there is one, and none of its texts was ever valid. */
export type WorkspacePolicy = CompiledPolicy | 'invalid';

/** The name by which a decision tells that the workspace's document could not be read. */
export const WORKSPACE_POLICY = 'workspace-policy';

/** What was meant to be stricter is not known, so nothing is allowed: but for what the operator may always do. */
const UNREADABLE = denial(WORKSPACE_POLICY, ['no_policy_loaded']);

/** What the workspace's own document says about one path. */
export function judgeByWorkspace(policy: WorkspacePolicy, subject: Subject): Outcome {
  if (policy === 'invalid') return isOperatorCall(subject.call) ? PASS : UNREADABLE;
  return judgeByPolicy(policy, subject);
}

/**
 * A workspace can only tighten: its denial is final and its request for review wins over an allow, but it allows nothing,
 * and a request for review is no way around the denial of what nothing else allows.
 */
export function tighten(outcome: Outcome, own: Outcome): Outcome {
  if (outcome.verdict === 'deny') return outcome;
  if (own.verdict === 'deny') return own;
  if (outcome.verdict === 'pass') return outcome;
  if (own.verdict === 'require_review') return joinLayers(outcome, own);
  return own.flagged && !outcome.flagged ? flagged(outcome) : outcome;
}
