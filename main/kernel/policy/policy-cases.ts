import { parse, stringify } from 'yaml';
import { Fault } from '../../../schema/fault.ts';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import type { BuiltinRule } from './builtin-rules.ts';
import { CapabilityToken } from './capability-token.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { type DecideContext, decideCall } from './decide-call.ts';
import { loadDocument } from './document.ts';
import type { ExtensionLayer, ExtensionVerdict } from './extension-layer.ts';
import { isPolicyCase, type PolicyCase, type TokenCase } from './policy-case.ts';

export interface CaseResult {
  readonly id: string;
  readonly ok: boolean;
  /** The members that the case compares; all of the decision, or what went wrong, where the case failed before. */
  readonly got: unknown;
  readonly expected: unknown;
}

export interface CasesResult {
  readonly passed: number;
  readonly failed: number;
  readonly cases: CaseResult[];
}

/** What a case leaves out (conformance/policy/cases.yaml). */
const CALL_DEFAULTS: Omit<PolicyCall, 'syscall'> = {
  caller: { container_id: 'c1', peer_pid: 41, tags: [] },
  session: { mode: 'strict', state: 'idle' },
  at: 1000,
};

function fixedRule({ name, decision, reason }: ExtensionVerdict): BuiltinRule {
  const verdict = decision === 'pass' ? undefined : { decision, ...(reason === undefined ? {} : { reason }) };
  return { name, judge: () => verdict };
}

/** A sandbox that dies and one that never answers are the same to the engine: its port rejects, late or at once. */
function fixedExtension(stand: NonNullable<PolicyCase['layers']>['extension']): ExtensionLayer | undefined {
  if (stand === undefined || stand.length === 0) return undefined;
  return {
    judge: () => {
      const verdicts: ExtensionVerdict[] = [];
      for (const one of stand) {
        if (!('decision' in one))
          return Promise.reject(new Error('crash' in one ? 'The sandbox died' : 'No answer within 100 ms'));
        verdicts.push(one);
      }
      return Promise.resolve(verdicts);
    },
  };
}

function presented(token: TokenCase | undefined): DecideContext {
  if (token === undefined) return {};
  const grant = {
    containerId: token.container_id,
    peerPid: token.peer_pid,
    syscall: token.syscall,
    ...(token.path_glob === undefined ? {} : { pathGlobs: token.path_glob }),
    maxOps: token.max_ops,
    ...(token.ttl_ms === undefined ? {} : { ttlMs: token.ttl_ms }),
  };
  const use = { issuedAt: token.issued_at, usedOps: token.used_ops ?? 0, lastNonce: token.last_nonce ?? 0 };
  return { token: new CapabilityToken('token', grant, use), nonce: token.nonce };
}

/** Through the same text and the same loader as every other document; null is no valid document. */
function policyOf(document: unknown): CompiledPolicy | undefined {
  if (document === null) return undefined;
  const loaded = loadDocument(stringify(document ?? { version: 1, rules: [] }, { aliasDuplicateObjects: false }));
  if (loaded.ok) return loaded.document;
  throw new Error(`The policy does not load: ${loaded.errors[0]?.message ?? 'unknown error'}`);
}

async function decideCase({ layers, token, call }: PolicyCase): Promise<Decision> {
  const judged = { ...CALL_DEFAULTS, ...call };
  const builtins = (layers?.builtin ?? []).map(fixedRule);
  const policy = policyOf(layers?.policy);
  return decideCall({ builtins, policy, extension: fixedExtension(layers?.extension) }, judged, presented(token));
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function runCase(one: unknown, index: number): Promise<CaseResult> {
  if (!isPolicyCase(one)) {
    return {
      id: `#${index + 1}`,
      ok: false,
      got: { error: 'This is not a case: it needs id, call and expect' },
      expected: one,
    };
  }
  const { id, expect: expected } = one;
  try {
    const decision = await decideCase(one);
    const got = Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(decision, key) as unknown]));
    return { id, ok: isEqual(got, expected), got, expected };
  } catch (error) {
    return { id, ok: false, got: { error: error instanceof Error ? error.message : String(error) }, expected };
  }
}

/**
 * Runs a file of the form of conformance/policy/cases.yaml through the engine, each case with the layers, the token and the
 * call that it gives, and compares the members of the decision that it expects.
 * @throws Fault `cases_invalid` when the text is not a YAML list.
 */
export async function testPolicyCases(text: string): Promise<CasesResult> {
  let file: unknown;
  try {
    file = parse(text);
  } catch (cause) {
    throw new Fault('cases_invalid', 'Cannot run policy cases: the file is not YAML', { cause });
  }
  if (!Array.isArray(file))
    throw new Fault('cases_invalid', 'Cannot run policy cases: the file is not a list of cases');
  const cases: CaseResult[] = [];
  for (const [index, one] of file.entries()) cases.push(await runCase(one, index));
  const passed = cases.filter(({ ok }) => ok).length;
  return { passed, failed: cases.length - passed, cases };
}
