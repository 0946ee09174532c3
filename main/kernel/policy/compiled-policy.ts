import type { Decision, DocumentWarning, PolicyDocument } from '../../../schema/policy.ts';
import { type CompiledRule, compileRule, type GlobCache } from './compiled-rule.ts';
import { RuleIndex } from './rule-index.ts';

/** A valid document, ready to decide by. */
export interface CompiledPolicy {
  readonly document: PolicyDocument;
  readonly warnings: readonly DocumentWarning[];
  /** What every decision carries of the warnings. */
  readonly warningCodes: readonly string[];
  /** In lower case; undefined where the document has no list. */
  readonly toolAllowlist: ReadonlySet<string> | undefined;
  readonly rules: readonly CompiledRule[];
  readonly indexes: ReadonlyMap<string, RuleIndex>;
  /** What every call gets that a token covers; one for all of them, and frozen. */
  readonly byToken: Decision;
}

export interface CompileOptions {
  readonly warnings?: readonly DocumentWarning[];
  readonly globs?: GlobCache;
}

/**
 * Compiles a document that was found valid by `loadDocument`.
 * @throws GlobError, UnitError for one that was not.
 */
export function compilePolicy(document: PolicyDocument, options: CompileOptions = {}): CompiledPolicy {
  const compiling = compilingPolicy(document, options);
  for (;;) {
    const step = compiling.next();
    if (step.done === true) return step.value;
  }
}

/** The same, rule by rule: whoever has no time between two of them goes on later. */
export function* compilingPolicy(
  document: PolicyDocument,
  options: CompileOptions = {},
): Generator<void, CompiledPolicy, void> {
  const { warnings = [], globs = new Map() } = options;
  const caches = { globs, callers: new Map() };
  const rules: CompiledRule[] = [];
  for (const [order, rule] of document.rules.entries()) {
    rules.push(compileRule(rule, order, caches));
    yield;
  }
  const indexes = new Map<string, RuleIndex>();
  for (const rule of rules) {
    if (rule.action === 'pass') continue;
    yield;
    for (const syscall of new Set(rule.syscalls)) {
      const index = indexes.get(syscall) ?? new RuleIndex();
      indexes.set(syscall, index);
      index.add(rule);
    }
  }
  const allowlist = document.tool_allowlist?.map((tool) => tool.toLowerCase());
  const warningCodes = warnings.map(({ code }) => code);
  return {
    document,
    warnings,
    warningCodes,
    toolAllowlist: allowlist === undefined ? undefined : new Set(allowlist),
    rules,
    indexes,
    byToken: frozenDecision({
      decision: 'allow',
      via: 'token',
      rule: null,
      reasons: [],
      flagged: false,
      warnings: [...warningCodes],
    }),
  };
}

function frozenDecision(decision: Decision): Decision {
  Object.freeze(decision.reasons);
  Object.freeze(decision.warnings);
  return Object.freeze(decision);
}
