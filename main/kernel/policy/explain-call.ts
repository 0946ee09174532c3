import type { ConsideredRule, Explanation, PolicyCall } from '../../../schema/policy.ts';
import { WORKSPACE_ESCAPE } from './builtin-rules.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { type CompiledRule, failedConstraints, mismatch } from './compiled-rule.ts';
import { type DecideContext, decideCall, type Layers, OPERATOR_LIST, subjectsOf } from './decide-call.ts';
import type { ExtensionVerdict } from './extension-layer.ts';
import { isOperatorCall } from './operator-calls.ts';
import { toolIsUnlisted } from './policy-layer.ts';
import type { Subject } from './subject.ts';
import { judgeByWorkspace, WORKSPACE_POLICY } from './workspace-layer.ts';

const FIELD_REASONS: Readonly<Record<string, (subject: Subject) => string>> = {
  syscall: ({ call }) => `it is not about ${call.syscall}`,
  path_glob: ({ path }) => (path === undefined ? 'the call has no path' : `no glob matches "${path}"`),
  caller_tag: ({ call }) => `the caller has none of its tags (${call.caller.tags.join(', ') || 'no tags'})`,
  session_mode: ({ call }) => `the session is in mode ${call.session.mode}`,
  session_state: ({ call }) => `the session is in state ${call.session.state}`,
};

function considerRule(rule: CompiledRule, subject: Subject): ConsideredRule {
  const said = (verdict: ConsideredRule['verdict'], why: string): ConsideredRule => ({
    rule: rule.name,
    layer: 'policy',
    verdict,
    why,
  });
  const field = mismatch(rule, subject);
  if (field !== undefined) return said('pass', FIELD_REASONS[field]?.(subject) ?? `${field} does not match`);
  const exception = rule.except.findIndex((condition) => mismatch(condition, subject) === undefined);
  if (exception >= 0) return said('pass', `exception ${exception + 1} applies`);
  if (rule.action === 'pass') return said('pass', 'it matches and gives no opinion');
  if (rule.action === 'deny' || rule.action === 'require_review')
    return said(rule.action, `it matches: ${rule.reason}`);
  const failed = failedConstraints(rule, subject.call);
  if (failed.length > 0) return said('deny', failed.join(', '));
  return said('allow', rule.action === 'flag' ? 'it matches, and flags the call' : 'it matches');
}

/** The rules of the document that are about the call's syscall; the others were never looked at. */
function considerPolicy({ policy }: Layers, subject: Subject): ConsideredRule[] {
  const { call } = subject;
  if (policy === undefined) {
    if (!isOperatorCall(call)) return [];
    return [
      {
        rule: OPERATOR_LIST,
        layer: 'builtin',
        verdict: 'allow',
        why: 'No valid document is loaded; this the operator may always do',
      },
    ];
  }
  return considerDocument(policy, subject);
}

function considerDocument(policy: CompiledPolicy, subject: Subject): ConsideredRule[] {
  const { call } = subject;
  const considered: ConsideredRule[] = [];
  if (policy.toolAllowlist !== undefined) {
    const unlisted = toolIsUnlisted(policy, call);
    const why = unlisted ? `the tool ${call.tool} is not listed` : 'the call has no tool, or one that is listed';
    considered.push({ rule: 'tool_allowlist', layer: 'policy', verdict: unlisted ? 'deny' : 'pass', why });
  }
  for (const rule of policy.rules)
    if (rule.syscalls?.includes(call.syscall)) considered.push(considerRule(rule, subject));
  return considered;
}

/** The workspace's document: what it allows counts for nothing. */
function considerWorkspace({ workspace }: DecideContext, subject: Subject): ConsideredRule[] {
  if (workspace === undefined) return [];
  if (workspace === 'invalid') {
    const { verdict } = judgeByWorkspace(workspace, subject);
    const why = 'The document of the workspace does not load';
    return [{ rule: WORKSPACE_POLICY, layer: 'workspace', verdict, why }];
  }
  return considerDocument(workspace, subject).map((line): ConsideredRule => {
    const allows = line.verdict === 'allow';
    return {
      ...line,
      layer: 'workspace',
      verdict: allows ? 'pass' : line.verdict,
      why: allows ? `${line.why}; a workspace can only tighten` : line.why,
    };
  });
}

function considerBuiltins({ builtins }: Layers, subject: Subject): ConsideredRule[] {
  return builtins.map((rule): ConsideredRule => {
    const said = rule.judge(subject);
    return {
      rule: rule.name,
      layer: 'builtin',
      verdict: said?.decision ?? 'pass',
      why: said?.reason ?? 'it does not concern the call',
    };
  });
}

function considerToken(context: DecideContext, subjects: readonly Subject[]): ConsideredRule[] {
  const { token } = context;
  const call = subjects[0]?.call;
  if (token === undefined || call === undefined) return [];
  const problem = token.problem(call, subjects, context);
  const why = problem ?? 'it covers the call: the document and the extensions are not asked';
  return [{ rule: token.id, layer: 'token', verdict: problem === undefined ? 'allow' : 'pass', why }];
}

function considerExtension(verdicts: readonly ExtensionVerdict[] | 'unavailable' | 'not asked'): ConsideredRule[] {
  if (verdicts === 'not asked') return [];
  if (verdicts === 'unavailable')
    return [{ rule: 'extension', layer: 'extension', verdict: 'deny', why: 'extension_unavailable' }];
  return verdicts.map(({ name, decision, reason }) => ({
    rule: name,
    layer: 'extension',
    verdict: decision,
    why: reason ?? name,
  }));
}

/** Each line once; where a symlink leads elsewhere, both paths were judged and each line says which it is about. */
function considerPaths(layers: Layers, context: DecideContext, subjects: readonly Subject[]): ConsideredRule[] {
  const each = subjects.map((subject) => [
    ...considerBuiltins(layers, subject),
    ...considerPolicy(layers, subject),
    ...considerWorkspace(context, subject),
  ]);
  if (each.length < 2) return each.flat();
  return each.flatMap((lines, index) =>
    lines.map((line) => ({ ...line, why: `"${subjects[index]?.path ?? ''}": ${line.why}` })),
  );
}

/** What is decided about a call, and every rule that was considered on the way with why it said what. */
export async function explainCall(layers: Layers, call: PolicyCall, context: DecideContext = {}): Promise<Explanation> {
  let asked: Parameters<typeof considerExtension>[0] = 'not asked';
  const { extension } = layers;
  const listening = extension && {
    concerns: (judged: PolicyCall): boolean => extension.concerns?.(judged) !== false,
    judge: async (judged: PolicyCall): Promise<readonly ExtensionVerdict[]> => {
      asked = 'unavailable';
      const verdicts = await extension.judge(judged);
      asked = verdicts;
      return verdicts;
    },
  };
  const decision = await decideCall({ ...layers, extension: listening }, call, context);
  const subjects = subjectsOf(call, context.workspaceRoots);
  if (subjects === undefined) {
    const why = 'The path leaves the workspace, holds a NUL byte or is too long';
    return { ...decision, considered: [{ rule: WORKSPACE_ESCAPE, layer: 'builtin', verdict: 'deny', why }] };
  }
  const considered = [
    ...considerToken(context, subjects),
    ...considerPaths(layers, context, subjects),
    ...considerExtension(asked),
  ];
  return { ...decision, considered };
}
