import type { PolicyAction, PolicyCall, PolicyException, PolicyMatch, PolicyRule } from '../../../schema/policy.ts';
import { compileGlob, type Glob } from './glob.ts';
import type { Subject } from './subject.ts';
import { parseSizeBytes } from './units.ts';

/** What is asked of caller and session; fields that are undefined ask for nothing. */
export interface CallerCondition {
  readonly tags: readonly string[] | undefined;
  readonly modes: readonly string[] | undefined;
  readonly states: readonly string[] | undefined;
}

/** A match or an exception; fields that are undefined ask for nothing. */
export interface Condition {
  readonly syscalls: readonly string[] | undefined;
  readonly globs: readonly Glob[] | undefined;
  readonly caller: CallerCondition | undefined;
}

/** A rule; as a condition it is its `match`. */
export interface CompiledRule extends Condition {
  /** Position in the document, from 0. */
  readonly order: number;
  readonly name: string;
  readonly action: PolicyAction;
  readonly priority: number;
  /** What a decision says of it: its reason, or its name where it gives none. */
  readonly reason: string;
  readonly except: readonly Condition[];
  readonly requireTemplate: string | undefined;
  readonly maxFileSizeBytes: number | undefined;
}

/** Globs are compiled once for all rules that use them. */
export type GlobCache = Map<string, Glob>;

/**
 * What rules share is one object for all of them: a decision then reads little memory that the one before did not read,
 * which in a document of thousands of rules is most of its time.
 */
export interface CompileCaches {
  readonly globs: GlobCache;
  readonly callers: Map<string, CallerCondition>;
}

const NO_EXCEPTIONS: readonly Condition[] = [];

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

function sharedCaller(
  source: PolicyMatch | PolicyException,
  callers: CompileCaches['callers'],
): CallerCondition | undefined {
  const { caller_tag: tags, session_mode: modes, session_state: states } = source;
  if (tags === undefined && modes === undefined && states === undefined) return undefined;
  const key = JSON.stringify([tags ?? null, modes ?? null, states ?? null]);
  const known = callers.get(key);
  if (known !== undefined) return known;
  const caller = { tags, modes, states };
  callers.set(key, caller);
  return caller;
}

function compileCondition(source: PolicyMatch | PolicyException, { globs, callers }: CompileCaches): Condition {
  return {
    syscalls: syscallsOf(source),
    globs: source.path_glob?.map((glob) => cachedGlob(globs, glob)),
    caller: sharedCaller(source, callers),
  };
}

/** @throws GlobError, UnitError: a document that was loaded has neither. */
export function compileRule(rule: PolicyRule, order: number, caches: CompileCaches): CompiledRule {
  const limit = rule.constraints?.max_file_size;
  const { syscalls, globs, caller } = compileCondition(rule.match, caches);
  // What nearly every decision reads stands first, and lies together in memory.
  return {
    caller,
    except: rule.except?.map((exception) => compileCondition(exception, caches)) ?? NO_EXCEPTIONS,
    order,
    name: rule.name,
    action: rule.action,
    globs,
    syscalls,
    priority: rule.priority ?? 0,
    reason: rule.reason ?? rule.name,
    requireTemplate: rule.constraints?.require_template,
    maxFileSizeBytes: typeof limit === 'string' ? parseSizeBytes(limit) : limit,
  };
}

/** Why a condition does not match: the field that says no; undefined when it matches. */
export function mismatch(condition: Condition, subject: Subject): string | undefined {
  const { syscalls, globs } = condition;
  if (syscalls !== undefined && !syscalls.includes(subject.call.syscall)) return 'syscall';
  if (globs !== undefined && !someMatches(globs, subject.path)) return 'path_glob';
  return condition.caller && callerMismatch(condition.caller, subject);
}

function someMatches(globs: readonly Glob[], path: string | undefined): boolean {
  if (path !== undefined) for (const glob of globs) if (glob.matches(path)) return true;
  return false;
}

function callerMismatch({ tags, modes, states }: CallerCondition, { call }: Subject): string | undefined {
  if (tags !== undefined && !tags.some((tag) => call.caller.tags.includes(tag))) return 'caller_tag';
  if (modes !== undefined && !modes.includes(call.session.mode)) return 'session_mode';
  if (states !== undefined && !states.includes(call.session.state)) return 'session_state';
  return undefined;
}

/**
 * Whether a rule has an opinion: its match applies and none of its exceptions does. The rule was found by the call's
 * syscall, and perhaps by one of its globs, which need not be asked again.
 */
export function speaks(rule: CompiledRule, subject: Subject, proven: 'nothing' | 'path_glob'): boolean {
  const { globs, caller } = rule;
  if (proven === 'nothing' && globs !== undefined && !someMatches(globs, subject.path)) return false;
  if (caller !== undefined && callerMismatch(caller, subject) !== undefined) return false;
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
