import type { Decision, Verdict } from '../../../schema/policy.ts';

const STRICTNESS: Readonly<Record<Verdict, number>> = { allow: 0, require_review: 1, deny: 2 };

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/**
 * The one decision about a call that touches several paths (a move, a merge): the strictest, named by its first rule, with
 * the reasons of all that are as strict. It counts as decided by a token only where every one was.
 * @throws RangeError for no decisions at all: nothing was judged.
 */
export function combineDecisions(decisions: readonly Decision[]): Decision {
  const strictest = decisions.reduce((limit, { decision }) => Math.max(limit, STRICTNESS[decision]), 0);
  const deciding = decisions.filter(({ decision }) => STRICTNESS[decision] === strictest);
  const [first] = deciding;
  if (first === undefined) throw new RangeError('Cannot combine decisions: there are none');
  if (decisions.length === 1) return first;
  return {
    decision: first.decision,
    via: deciding.every(({ via }) => via === 'token') ? 'token' : 'rules',
    rule: first.rule,
    reasons: unique(deciding.flatMap(({ reasons }) => reasons)),
    flagged: first.decision !== 'deny' && decisions.some(({ flagged }) => flagged),
    // All come from the document in force.
    warnings: first.warnings,
  };
}
