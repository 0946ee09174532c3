import type { PolicyCall } from '../../../schema/policy.ts';
import { allowance, denial, joinLayers, type Outcome, PASS, review } from './outcome.ts';

/** What one rule of the operator's own code says. */
export interface ExtensionVerdict {
  readonly name: string;
  readonly decision: 'allow' | 'deny' | 'require_review' | 'pass';
  readonly reason?: string;
}

/**
 * The port to the sandbox that runs extension rules. Whoever implements it keeps the limit of 100 ms a call: it rejects
 * when the answer is late, when the sandbox died, and when what came back is not a list of verdicts.
 */
export interface ExtensionLayer {
  /** False for calls that none of the rules is about; absent: each call has to be asked about. */
  concerns?(call: PolicyCall): boolean;
  judge(call: PolicyCall): Promise<readonly ExtensionVerdict[]>;
}

export const EXTENSION_UNAVAILABLE: Outcome = denial('extension', ['extension_unavailable']);

function toOutcome({ name, decision, reason = name }: ExtensionVerdict): Outcome {
  switch (decision) {
    case 'allow':
      return allowance(name);
    case 'deny':
      return denial(name, [reason]);
    case 'require_review':
      return review(name, [reason]);
    case 'pass':
      return PASS;
    default:
      // The answer comes out of a sandbox: what the type excludes may still arrive, and means that nothing is known.
      return EXTENSION_UNAVAILABLE;
  }
}

/** All verdicts of the third layer together, the first denial final. */
export function joinVerdicts(verdicts: readonly ExtensionVerdict[]): Outcome {
  let joined = PASS;
  for (const verdict of verdicts) {
    joined = joinLayers(joined, toOutcome(verdict));
    if (joined.verdict === 'deny') break;
  }
  return joined;
}
