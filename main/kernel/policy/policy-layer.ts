import type { PolicyCall } from '../../../schema/policy.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { type CompiledRule, failedConstraints, speaks } from './compiled-rule.ts';
import { allowance, denial, flagged, type Outcome, PASS, review } from './outcome.ts';
import type { RuleGroup, RuleIndex } from './rule-index.ts';
import type { Subject } from './subject.ts';

type Groups = readonly RuleGroup[];

/** True for a call with a tool that the document's allowlist leaves out; letter case does not count. */
export function toolIsUnlisted({ toolAllowlist }: CompiledPolicy, { tool }: PolicyCall): boolean {
  return toolAllowlist !== undefined && tool !== undefined && !toolAllowlist.has(tool.toLowerCase());
}

function firstDenial(groups: Groups, subject: Subject): Outcome | undefined {
  let first: CompiledRule | undefined;
  for (const { stops, proves } of groups) {
    for (const rule of stops) {
      if (first !== undefined && rule.order >= first.order) break;
      if (!speaks(rule, subject, proves)) continue;
      if (rule.action === 'deny' || failedConstraints(rule, subject.call).length > 0) first = rule;
    }
  }
  if (first === undefined) return undefined;
  return denial(first.name, first.action === 'deny' ? [first.reason] : failedConstraints(first, subject.call));
}

function inOrder(rules: readonly CompiledRule[]): CompiledRule[] {
  return [...new Set(rules)].sort((a, b) => a.order - b.order);
}

function reviewBy(rules: readonly CompiledRule[]): Outcome | undefined {
  const asking = rules.length > 1 ? inOrder(rules) : rules;
  const [first] = asking;
  if (first === undefined) return undefined;
  return review(
    first.name,
    asking.map(({ reason }) => reason),
  );
}

const NO_RULES: readonly CompiledRule[] = [];

function askForReview(groups: Groups, subject: Subject): readonly CompiledRule[] {
  let asking: CompiledRule[] | undefined;
  for (const { reviews, proves } of groups) {
    for (const rule of reviews) if (speaks(rule, subject, proves)) (asking ??= []).push(rule);
  }
  return asking ?? NO_RULES;
}

function firstAllow(groups: Groups, subject: Subject): Outcome | undefined {
  let first: CompiledRule | undefined;
  for (const { allows, proves } of groups) {
    for (const rule of allows) {
      if (first !== undefined && rule.order >= first.order) break;
      if (speaks(rule, subject, proves)) first = rule;
    }
  }
  return first === undefined ? undefined : allowance(first.name);
}

function isFlagged(groups: Groups, subject: Subject): boolean {
  for (const { flags, proves } of groups) for (const rule of flags) if (speaks(rule, subject, proves)) return true;
  return false;
}

/** Denials first: they are final, and what would be asked after them changes nothing. */
function denyOverrides(index: RuleIndex, subject: Subject): Outcome {
  const groups = index.groupsFor(subject);
  const denied = firstDenial(groups, subject);
  if (denied !== undefined) return denied;
  const asking = index.holdsReviews ? askForReview(groups, subject) : NO_RULES;
  const outcome = reviewBy(asking) ?? firstAllow(groups, subject) ?? PASS;
  return index.holdsFlags && isFlagged(groups, subject) ? flagged(outcome) : outcome;
}

function highestSpeaking(groups: Groups, subject: Subject): CompiledRule[] {
  let highest: CompiledRule[] = [];
  const consider = (rule: CompiledRule, proven: RuleGroup['proves']): void => {
    const limit = highest[0]?.priority ?? Number.NEGATIVE_INFINITY;
    if (rule.priority < limit || !speaks(rule, subject, proven)) return;
    if (rule.priority > limit) highest = [];
    highest.push(rule);
  };
  for (const { stops, reviews, allows, proves } of groups) {
    for (const rules of [stops, reviews, allows]) for (const rule of rules) consider(rule, proves);
  }
  return inOrder(highest);
}

/** Only the highest priority counts; within it the strictest. */
function highestPriority(index: RuleIndex, subject: Subject): Outcome {
  const rules = highestSpeaking(index.groupsFor(subject), subject);
  for (const rule of rules) {
    if (rule.action === 'deny') return denial(rule.name, [rule.reason]);
    const failed = rule.action === 'require_review' ? [] : failedConstraints(rule, subject.call);
    if (failed.length > 0) return denial(rule.name, failed);
  }
  const [first] = rules;
  if (first === undefined) return PASS;
  const outcome = reviewBy(rules.filter(({ action }) => action === 'require_review')) ?? allowance(first.name);
  return rules.some(({ action }) => action === 'flag') ? flagged(outcome) : outcome;
}

/** The second layer: what the document says about one path of a call. */
export function judgeByPolicy(policy: CompiledPolicy, subject: Subject): Outcome {
  if (toolIsUnlisted(policy, subject.call)) return denial('tool_allowlist', ['tool_allowlist']);
  const index = policy.indexes.get(subject.call.syscall);
  if (index === undefined) return PASS;
  return policy.document.combining === 'priority' ? highestPriority(index, subject) : denyOverrides(index, subject);
}
