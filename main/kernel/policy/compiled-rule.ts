import type { PolicyAction, PolicyCall, PolicyException, PolicyMatch, PolicyRule } from '../../../schema/policy.ts';
import { compileGlob, type Glob } from './glob.ts';
import type { Subject } from './subject.ts';
import { parseSizeBytes } from './units.ts';

/** Fields that are undefined ask for nothing. */
export interface Condition {
  readonly syscalls: readonly string[] | undefined;
  readonly globs: readonly Glob[] | undefined;
  readonly tags: readonly string[] | undefined;
  readonly modes: readonly string[] | undefined;
  readonly states: readonly string[] | undefined;
}

export interface CompiledRule {
  /** Position in the document, from 0. */
  readonly order: number;
  readonly name: string;
  readonly action: PolicyAction;
  readonly priority: number;
  /** What a decision says of it: its reason, or its name where it gives none. */
  readonly reason: string;
  readonly match: Condition;
  readonly except: readonly Condition[];
  readonly requireTemplate: string | undefined;
  readonly maxFileSizeBytes: number | undefined;
}

/** Globs are compiled once for all rules that use them. */
export type GlobCache = Map<string, Glob>;

/** @throws GlobError */
export function cachedGlob(cache: GlobCache, source: string): Glob {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const glob = compileGlob(source);
  cache.set(source, glob);
  return glob;
}

export function syscallsOf(match: PolicyMatch | PolicyException): readonly string[] | undefined {
  return typeof match.syscall === 'string' ? [match.syscall] : match.syscall;
}

function compileCondition(source: PolicyMatch | PolicyException, globs: GlobCache): Condition {
  return {
    syscalls: syscallsOf(source),
    globs: source.path_glob?.map((glob) => cachedGlob(globs, glob)),
    tags: source.caller_tag,
    modes: source.session_mode,
    states: source.session_state,
  };
}

/** @throws GlobError, UnitError: a document that was loaded has neither. */
export function compileRule(rule: PolicyRule, order: number, globs: GlobCache): CompiledRule {
  const limit = rule.constraints?.max_file_size;
  return {
    order,
    name: rule.name,
    action: rule.action,
    priority: rule.priority ?? 0,
    reason: rule.reason ?? rule.name,
    match: compileCondition(rule.match, globs),
    except: (rule.except ?? []).map((exception) => compileCondition(exception, globs)),
    requireTemplate: rule.constraints?.require_template,
    maxFileSizeBytes: typeof limit === 'string' ? parseSizeBytes(limit) : limit,
  };
}

/** Why a condition does not match: the field that says no; undefined when it matches. */
export function mismatch(condition: Condition, { call, path }: Subject): string | undefined {
  const { syscalls, globs, tags, modes, states } = condition;
  if (syscalls !== undefined && !syscalls.includes(call.syscall)) return 'syscall';
  if (globs !== undefined && (path === undefined || !globs.some((glob) => glob.matches(path)))) return 'path_glob';
  if (tags !== undefined && !tags.some((tag) => call.caller.tags.includes(tag))) return 'caller_tag';
  if (modes !== undefined && !modes.includes(call.session.mode)) return 'session_mode';
  if (states !== undefined && !states.includes(call.session.state)) return 'session_state';
  return undefined;
}

/** Whether a rule has an opinion: its match applies and none of its exceptions does. */
export function speaks(rule: CompiledRule, subject: Subject): boolean {
  if (mismatch(rule.match, subject) !== undefined) return false;
  for (const exception of rule.except) if (mismatch(exception, subject) === undefined) return false;
  return true;
}

export function isConstrained(rule: CompiledRule): boolean {
  return rule.requireTemplate !== undefined || rule.maxFileSizeBytes !== undefined;
}

/** Reasons by which an allow becomes a denial; a value that the call does not carry fails its constraint. */
export function failedConstraints(rule: CompiledRule, call: PolicyCall): string[] {
  const failed: string[] = [];
  if (rule.requireTemplate !== undefined && call.template !== rule.requireTemplate)
    failed.push('constraint:require_template');
  const limit = rule.maxFileSizeBytes;
  if (limit !== undefined && !(call.size !== undefined && call.size <= limit)) failed.push('constraint:max_file_size');
  return failed;
}
