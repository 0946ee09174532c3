import { isMap, isSeq, parseDocument, stringify } from 'yaml';
import type { Proposal } from '../../../schema/contract/policy.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Decision, PolicyCall, PolicyRule } from '../../../schema/policy.ts';
import { ruleSentence } from './rule-sentence.ts';

/** Calls of one tool by callers of one kind that were stopped the same way: one rule would let them all through. */
export interface Collected {
  readonly id: string;
  readonly syscall: string;
  readonly tags: readonly string[];
  readonly decision: Decision;
  readonly paths: Set<string>;
  calls: number;
}

const PATHS_SHOWN = 5;
/** Fewer paths than this are named one by one; more are summed up by their folders. */
const PATHS_NAMED = 3;
const GLOB_CHARACTERS = /[\\*?[\]{}()!+@|]/g;

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function escaped(path: string): string {
  return path.replace(GLOB_CHARACTERS, String.raw`\$&`);
}

/** Globs for what was seen: the paths themselves where they are few, else their folders with what lies below. */
export function globsFor(paths: Iterable<string>): string[] {
  const all = [...new Set(paths)].sort();
  if (all.length <= PATHS_NAMED) return all.map(escaped);
  const folders = [...new Set(all.map(folderOf))];
  const outer = folders.filter((folder) => !folders.some((other) => other !== folder && isBelow(folder, other)));
  return outer.map((folder) => (folder === '' ? '*' : `${escaped(folder)}/**`));
}

function isBelow(path: string, folder: string): boolean {
  return folder !== '' && path.startsWith(`${folder}/`);
}

/** The rule that would let the collected calls through. */
export function proposedRule({ id, syscall, tags, paths }: Collected): PolicyRule {
  const globs = globsFor(paths);
  const callers = tags.filter((tag) => tag === 'core_plugin' || tag === 'third_party' || tag === 'operator');
  return {
    name: `recorded-${syscall.replaceAll('.', '-')}-${id}`,
    match: {
      syscall,
      ...(globs.length === 0 ? {} : { path_glob: globs }),
      ...(callers.length === 0 ? {} : { caller_tag: callers.slice(0, 1) }),
    },
    action: 'allow',
  };
}

/** Why an allowance alone changes nothing, where another rule has stopped the calls. */
function note({ decision }: Collected): string | undefined {
  if (decision.rule === null) return undefined;
  const verb = decision.decision === 'deny' ? 'denies' : 'asks about';
  return `The rule "${decision.rule}" ${verb} them and goes on doing so: an exception is written into it as well.`;
}

export function proposalOf(collected: Collected): Proposal {
  const rule = proposedRule(collected);
  const why = note(collected);
  return {
    id: collected.id,
    verdict: collected.decision.decision,
    sentence: ruleSentence(rule),
    yaml: stringify([rule]),
    calls: collected.calls,
    paths: [...collected.paths].sort().slice(0, PATHS_SHOWN),
    deniedBy: collected.decision.rule,
    ...(why === undefined ? {} : { note: why }),
  };
}

/**
 * The text of a document with the proposed rule in it, comments and order kept; the rule that stopped the calls gets the
 * same match as an exception.
 * @throws Fault `policy_invalid` for a text that is no document
 */
export function adoptRule(text: string, collected: Collected): string {
  const document = parseDocument(text);
  const rules = document.get('rules');
  if (document.errors.length > 0 || !isSeq(rules)) {
    throw new Fault('policy_invalid', 'Cannot add the rule: the document is not valid', {
      fix: 'See every error with `cavern policy check FILE`.',
    });
  }
  const rule = proposedRule(collected);
  const { syscall, ...match } = rule.match;
  rules.flow = false;
  rules.add(document.createNode(rule));
  const stopping = rules.items.find((item) => isMap(item) && item.get('name') === collected.decision.rule);
  if (collected.decision.rule !== null && isMap(stopping)) {
    const exception = document.createNode({ syscall, ...match });
    const except = stopping.get('except');
    if (isSeq(except)) except.add(exception);
    else stopping.set('except', document.createNode([exception]));
  }
  return document.toString({ lineWidth: 0 });
}

/** By what calls are put together. */
export function collectionKey(call: PolicyCall, { decision, rule }: Decision): string {
  return JSON.stringify([call.syscall, call.caller.tags, decision, rule]);
}
