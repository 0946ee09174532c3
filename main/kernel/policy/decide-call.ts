import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import { type BuiltinRules, WORKSPACE_ESCAPE } from './builtin-rules.ts';
import type { CapabilityToken } from './capability-token.ts';
import { combineDecisions } from './combine.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { EXTENSION_UNAVAILABLE, type ExtensionLayer, joinVerdicts } from './extension-layer.ts';
import { isOperatorCall } from './operator-calls.ts';
import { allowance, denial, joinLayers, type Outcome, PASS, review, toDecision } from './outcome.ts';
import { judgeByPolicy } from './policy-layer.ts';
import type { Subject } from './subject.ts';
import { judgeByWorkspace, tighten, type WorkspacePolicy } from './workspace-layer.ts';
import { normaliseWorkspacePath } from './workspace-path.ts';

/** Everything a decision stands on. */
export interface Layers {
  readonly builtins: BuiltinRules;
  /** Undefined while no valid document is loaded. */
  readonly policy: CompiledPolicy | undefined;
  readonly extension?: ExtensionLayer | undefined;
}

export interface DecideContext {
  readonly token?: CapabilityToken | undefined;
  /** The one that came with the token. */
  readonly nonce?: number | undefined;
  /** Who showed it. */
  readonly holder?: string | undefined;
  /** Absolute folders that are the workspace; paths below them count as relative ones. The same array for each call of a session is fastest. */
  readonly workspaceRoots?: readonly string[] | undefined;
  /** The document of the workspace itself, which can only tighten. */
  readonly workspace?: WorkspacePolicy | undefined;
}

const NO_ROOTS: readonly string[] = [];
const NO_WARNINGS: readonly string[] = [];
const NO_CONTEXT: DecideContext = {};
const ESCAPED = denial(WORKSPACE_ESCAPE, [WORKSPACE_ESCAPE]);
const NO_POLICY = denial(null, ['no_policy_loaded']);
/** The name under which the operator's closed list appears in a decision. */
export const OPERATOR_LIST = 'operator_closed_list';
const OPERATOR_MAY = allowance(OPERATOR_LIST);

/**
 * What the rules are asked about: the call with its path and, where a symlink leads elsewhere, with that. Undefined when
 * either leaves the workspace.
 */
export function subjectsOf(
  call: PolicyCall,
  workspaceRoots: readonly string[] = NO_ROOTS,
): readonly Subject[] | undefined {
  const raw = call.path ?? call.resolvedPath;
  if (raw === undefined) return [{ call, path: undefined, workspaceRoots }];
  const path = normaliseWorkspacePath(raw, workspaceRoots);
  if (path === undefined) return undefined;
  const subject = { call, path, workspaceRoots };
  const { resolvedPath } = call;
  if (resolvedPath === undefined || resolvedPath === raw) return [subject];
  const resolved = normaliseWorkspacePath(resolvedPath, workspaceRoots);
  if (resolved === undefined) return undefined;
  return resolved === path ? [subject] : [subject, { call, path: resolved, workspaceRoots }];
}

/** The first layer about one path. */
function judgeByBuiltins(rules: BuiltinRules, subject: Subject): Outcome {
  if (rules.mayConcern?.(subject) === false) return PASS;
  let outcome = PASS;
  for (const rule of rules) {
    const verdict = rule.judge(subject);
    if (verdict === undefined) continue;
    const reasons = [verdict.reason ?? rule.name];
    if (verdict.decision === 'deny') return denial(rule.name, reasons);
    const said = verdict.decision === 'allow' ? allowance(rule.name) : review(rule.name, reasons);
    outcome = joinLayers(outcome, said);
  }
  return outcome;
}

/** Undefined where no rule has an opinion about any path: nearly always. */
function judgeAllByBuiltins(rules: BuiltinRules, subjects: readonly Subject[]): readonly Outcome[] | undefined {
  let outcomes: Outcome[] | undefined;
  let index = 0;
  for (const subject of subjects) {
    const outcome = judgeByBuiltins(rules, subject);
    if (outcome !== PASS) (outcomes ??= subjects.map(() => PASS))[index] = outcome;
    index++;
  }
  return outcomes;
}

const isDenied = (outcome: Outcome): boolean => outcome.verdict === 'deny';
const asksForReview = (outcome: Outcome): boolean => outcome.verdict === 'require_review';

function decisionOf(outcomes: readonly Outcome[], warnings: readonly string[]): Decision {
  const [only] = outcomes;
  if (only !== undefined && outcomes.length === 1) return toDecision(only, warnings);
  // A denial of one path is told, not that no rule allowed the other: that one was perhaps never asked to the end.
  const denied = outcomes.filter(isDenied);
  const told = denied.length > 0 ? denied : outcomes;
  return combineDecisions(told.map((outcome) => toDecision(outcome, warnings)));
}

async function askExtension(extension: ExtensionLayer, call: PolicyCall): Promise<Outcome> {
  try {
    return joinVerdicts(await extension.judge(call));
  } catch {
    // A crash, a timeout or nonsense: whatever the reason, nothing is known, and nothing is allowed.
    return EXTENSION_UNAVAILABLE;
  }
}

/**
 * Decides a call by the three layers. It reads no clock and uses up no token; without an extension layer it answers at once.
 */
export function decideCall(
  layers: Layers,
  call: PolicyCall,
  context: DecideContext = NO_CONTEXT,
): Decision | Promise<Decision> {
  const { builtins, policy, extension } = layers;
  const { token } = context;
  const warnings = policy?.warningCodes ?? NO_WARNINGS;
  const subjects = subjectsOf(call, context.workspaceRoots);
  if (subjects === undefined) return toDecision(ESCAPED, warnings);
  const first = judgeAllByBuiltins(builtins, subjects);
  if (first?.some(isDenied) === true) return decisionOf(first, warnings);
  if (policy === undefined) return toDecision(isOperatorCall(call) ? OPERATOR_MAY : NO_POLICY, warnings);
  if (token !== undefined && token.problem(call, subjects, context) === undefined) {
    return first?.some(asksForReview) === true ? decisionOf(first, warnings) : policy.byToken;
  }
  const second: Outcome[] = [];
  for (const subject of subjects)
    second.push(joinLayers(first?.[second.length] ?? PASS, judgeByPolicy(policy, subject)));
  const { workspace } = context;
  const own = workspace && subjects.map((subject) => judgeByWorkspace(workspace, subject));
  const all = (outcomes: readonly Outcome[]): Decision =>
    decisionOf(own ? outcomes.map((outcome, index) => tighten(outcome, own[index] ?? PASS)) : outcomes, warnings);
  if (
    extension === undefined ||
    extension.concerns?.(call) === false ||
    second.some(isDenied) ||
    own?.some(isDenied) === true
  )
    return all(second);
  return askExtension(extension, call).then((said) => all(second.map((outcome) => joinLayers(outcome, said))));
}
