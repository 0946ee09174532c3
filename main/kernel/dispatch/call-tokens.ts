import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import type { ActRequest } from './gate.ts';
import type { JudgeContext, ShownToken, TokenPort } from './ports.ts';

/** The token that came with a call, with who shows it; only what comes out of a container can have one. */
export function shownToken({ capability, caller }: ActRequest): ShownToken | undefined {
  const shown = capability?.shown;
  if (shown === undefined || caller.containerId === '') return undefined;
  return { id: shown.id, nonce: shown.nonce, holder: caller.actor };
}

/**
 * Gives a token to a caller in a container who asked for one, after rules allowed its call outright: what a person agreed
 * to was that one call, and what is flagged has to be seen each time.
 */
export function giveToken(
  tokens: TokenPort | undefined,
  { capability, caller }: ActRequest,
  allowed: {
    readonly calls: readonly PolicyCall[];
    readonly decision: Decision;
    readonly judging: JudgeContext;
  },
): void {
  const { calls, decision, judging } = allowed;
  if (capability?.onGiven === undefined || caller.containerId === '') return;
  if (decision.decision !== 'allow' || decision.via !== 'rules' || decision.flagged) return;
  const given = tokens?.issue(calls, { ...judging, holder: caller.actor });
  if (given !== undefined) capability.onGiven(given);
}
