import type {
  DocumentWarning,
  PolicyDocument,
  PolicyException,
  PolicyMatch,
  PolicyRule,
} from '../../../schema/policy.ts';
import { syscallsOf } from './compiled-rule.ts';
import type { ValuePath, YamlSource } from './yaml-source.ts';

const FIELDS = ['syscall', 'path_glob', 'caller_tag', 'session_mode', 'session_state'] as const;

interface Finding {
  readonly path: ValuePath;
  readonly code: string;
  readonly message: string;
}

function valuesOf(
  condition: PolicyMatch | PolicyException,
  field: (typeof FIELDS)[number],
): readonly string[] | undefined {
  return field === 'syscall' ? syscallsOf(condition) : condition[field];
}

function emptyFields(condition: PolicyMatch | PolicyException, path: ValuePath): Finding[] {
  return FIELDS.filter((field) => valuesOf(condition, field)?.length === 0).map((field) => ({
    path: [...path, field],
    code: `empty_${field}`,
    message: `The list "${field}" is empty and matches nothing`,
  }));
}

/** A syscall is looked up whole: what reads as a pattern is the name of nothing. */
function patternFindings(condition: PolicyMatch | PolicyException, path: ValuePath): Finding[] {
  return (syscallsOf(condition) ?? [])
    .filter((name) => /[*?[\]{}]/.test(name))
    .map((name) => ({
      path: [...path, 'syscall'],
      code: 'syscall_pattern',
      message: `"${name}" matches no call: a syscall is a whole name, not a pattern; list the names`,
    }));
}

/** True where whatever matches the rule matches the exception too: each field of it is there in the match and no wider. */
function covers(exception: PolicyException, match: PolicyMatch): boolean {
  return FIELDS.every((field) => {
    const wanted = valuesOf(exception, field);
    const given = valuesOf(match, field);
    return wanted === undefined || given?.every((value) => wanted.includes(value));
  });
}

function ruleFindings(rule: PolicyRule, path: ValuePath): Finding[] {
  const { name, match, except = [], action, constraints } = rule;
  const findings = [
    ...emptyFields(match, [...path, 'match']),
    ...patternFindings(match, [...path, 'match']),
    ...except.flatMap((exception, index) => {
      const at = [...path, 'except', index];
      return [...emptyFields(exception, at), ...patternFindings(exception, at)];
    }),
  ];
  if (except.some((exception) => covers(exception, match))) {
    findings.push({
      path,
      code: 'rule_never_triggers',
      message: `The rule "${name}" can never speak: an exception covers its match`,
    });
  }
  if (constraints !== undefined && action !== 'allow' && action !== 'flag') {
    findings.push({
      path,
      code: 'constraints_ignored',
      message: `The constraints of "${name}" do nothing: they limit an allow, not ${action}`,
    });
  }
  return findings;
}

/** What is valid but probably not meant. */
export function documentWarnings(document: PolicyDocument, source: YamlSource): DocumentWarning[] {
  const findings = document.rules.flatMap((rule, index) => ruleFindings(rule, ['rules', index]));
  return findings.map(({ path, code, message }) => ({ line: source.positionOf(path).line, code, message }));
}
