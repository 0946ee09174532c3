import type { RuleSentence } from '../../../schema/contract/policy.ts';
import type { PolicyConstraints, PolicyException, PolicyMatch, PolicyRule } from '../../../schema/policy.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { syscallsOf } from './compiled-rule.ts';

const VERBS: Readonly<Record<PolicyRule['action'], string>> = {
  allow: 'Allow',
  deny: 'Deny',
  require_review: 'Ask before',
  pass: 'Say nothing about',
  flag: 'Allow and flag',
};

const CALLERS: Readonly<Record<string, string>> = {
  operator: 'you',
  core_plugin: 'tools that came with Cavern',
  third_party: 'plugins of others',
  agent: 'agents',
};

function listed(words: readonly string[], last: 'and' | 'or' = 'or'): string {
  if (words.length < 2) return words[0] ?? 'nothing';
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}

function place(globs: readonly string[]): string {
  return globs.length === 0 ? 'no path at all' : listed(globs);
}

/** What a match or an exception asks for, without its syscalls. */
function circumstances({
  path_glob,
  caller_tag,
  session_mode,
  session_state,
}: PolicyMatch | PolicyException): string[] {
  return [
    ...(path_glob === undefined ? [] : [`on ${place(path_glob)}`]),
    ...(caller_tag === undefined
      ? []
      : [`by ${listed(caller_tag.map((tag) => CALLERS[tag] ?? `callers tagged ${tag}`))}`]),
    ...(session_mode === undefined ? [] : [`in sessions of mode ${listed(session_mode)}`]),
    ...(session_state === undefined ? [] : [`while the session is ${listed(session_state)}`]),
  ];
}

function exception(item: PolicyException): string {
  const syscalls = syscallsOf(item);
  return [...(syscalls === undefined ? [] : [listed(syscalls)]), ...circumstances(item)].join(' ');
}

function limits(constraints: PolicyConstraints | undefined): string {
  const { require_template: template, max_file_size: size } = constraints ?? {};
  const said = [
    ...(template === undefined ? [] : [`it runs in ${template}`]),
    ...(size === undefined ? [] : [`the file is at most ${typeof size === 'number' ? `${size} bytes` : size}`]),
  ];
  return said.length === 0 ? '' : `, provided that ${listed(said, 'and')}`;
}

/** A rule in one sentence: `Ask before fs.write on src/** by plugins of others, except on src/generated/** A document in words. */
export interface Sentences {
  readonly rules: RuleSentence[];
  /** What becomes of the rest. */
  readonly closing: string;
}

/**.` */
export function ruleSentence(rule: PolicyRule): string {
  const { match, except = [], action, constraints, priority } = rule;
  const about = [VERBS[action], listed(syscallsOf(match) ?? [], 'and'), ...circumstances(match)].join(' ');
  const left = except.length === 0 ? '' : `, except ${listed(except.map(exception))}`;
  const rank = priority === undefined || priority === 0 ? '' : ` (priority ${priority})`;
  return `${about}${left}${limits(constraints)}${rank}.`;
}

/** The rules of a document in words, with the warnings that stand at them. */
export function ruleSentences(policy: CompiledPolicy, lineOf: (index: number) => number): RuleSentence[] {
  const { rules } = policy.document;
  const lines = rules.map((_, index) => lineOf(index));
  return rules.map((rule, index) => {
    const from = lines[index] ?? 1;
    const to = lines[index + 1] ?? Number.POSITIVE_INFINITY;
    const warnings = policy.warnings.filter(({ line }) => line >= from && line < to);
    return {
      name: rule.name,
      line: from,
      action: rule.action,
      sentence: ruleSentence(rule),
      ...(rule.reason === undefined ? {} : { reason: rule.reason }),
      warnings: warnings.map(({ message }) => message),
    };
  });
}

/** What holds where no rule speaks, in words. */
export function closingSentence({ document }: CompiledPolicy): string {
  const order =
    document.combining === 'priority'
      ? 'Of the rules that match, those of the highest priority count, and among them the strictest.'
      : 'A denial wins over a request for review, and that over an allowance.';
  const tools =
    document.tool_allowlist === undefined
      ? ''
      : ` Tools other than ${listed(document.tool_allowlist, 'and')} are denied, whatever a rule says.`;
  return `${order} What no rule allows is denied.${tools}`;
}
