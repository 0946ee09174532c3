import type { approval } from '../../../schema/contract/approval.ts';
import type { Handlers } from '../../../schema/contract/contract.ts';
import type { CallContext } from '../dispatch/context.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Answer, Approvals } from './approvals.ts';

interface DecideInput {
  readonly answer: 'once' | 'session' | 'pattern' | 'until' | 'deny';
  readonly pathGlob?: string;
  readonly until?: number;
}

/** @throws Fault `invalid_input` where the answer lacks what it needs */
function answerOf({ answer, pathGlob, until }: DecideInput): Answer {
  if (answer === 'pattern') {
    if (pathGlob !== undefined) return { scope: answer, pathGlob, until };
    throw new Fault('invalid_input', 'Cannot answer for a pattern: `pathGlob` is missing');
  }
  if (answer === 'until') {
    if (until !== undefined) return { scope: answer, until };
    throw new Fault('invalid_input', 'Cannot answer until a time: `until` is missing');
  }
  return { scope: answer };
}

export function approvalHandlers(approvals: Approvals): Handlers<typeof approval, CallContext> {
  return {
    list: () => approvals.picture(),
    watch: (_input, context) => approvals.watch(context.signal),
    async decide(input) {
      await approvals.decide(input.approval, answerOf(input), input.reason);
      return {};
    },
    revoke(input) {
      approvals.revoke(input.grant);
      return {};
    },
  };
}
