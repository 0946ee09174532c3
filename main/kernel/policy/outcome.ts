import type { Decision } from '../../../schema/policy.ts';

/** What one layer, or several together, say about one path of a call. `pass` is no opinion. */
export interface Outcome {
  readonly verdict: 'allow' | 'deny' | 'require_review' | 'pass';
  readonly rule: string | null;
  readonly reasons: readonly string[];
  readonly flagged: boolean;
}

const NO_REASONS: readonly string[] = [];

export const PASS: Outcome = { verdict: 'pass', rule: null, reasons: NO_REASONS, flagged: false };

export function denial(rule: string | null, reasons: readonly string[]): Outcome {
  return { verdict: 'deny', rule, reasons, flagged: false };
}

export function review(rule: string, reasons: readonly string[]): Outcome {
  return { verdict: 'require_review', rule, reasons, flagged: false };
}

export function allowance(rule: string): Outcome {
  return { verdict: 'allow', rule, reasons: NO_REASONS, flagged: false };
}

export function flagged(outcome: Outcome): Outcome {
  return { ...outcome, flagged: true };
}

/** Two layers together, the earlier one first: a denial is final, review wins over allow, every reason for review counts. */
export function joinLayers(earlier: Outcome, later: Outcome): Outcome {
  if (earlier.verdict === 'pass' || later.verdict === 'deny') return later;
  if (later.verdict === 'pass' || earlier.verdict === 'deny') return earlier;
  const isFlagged = earlier.flagged || later.flagged;
  if (earlier.verdict === 'require_review' && later.verdict === 'require_review') {
    return { ...earlier, reasons: [...earlier.reasons, ...later.reasons], flagged: isFlagged };
  }
  const stricter = later.verdict === 'require_review' ? later : earlier;
  return stricter.flagged === isFlagged ? stricter : flagged(stricter);
}

/** A list of its own for whoever gets the decision; nearly always there is nothing to copy. */
function copyOf(texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [...texts];
}

/** The decision that an outcome of all layers amounts to: without any opinion, nothing allows the call. */
export function toDecision(outcome: Outcome, warnings: readonly string[]): Decision {
  if (outcome.verdict === 'pass') {
    return {
      decision: 'deny',
      via: 'rules',
      rule: null,
      reasons: ['no_rule_allows'],
      flagged: false,
      warnings: copyOf(warnings),
    };
  }
  return {
    decision: outcome.verdict,
    via: 'rules',
    rule: outcome.rule,
    reasons: copyOf(outcome.reasons),
    flagged: outcome.flagged,
    warnings: copyOf(warnings),
  };
}
