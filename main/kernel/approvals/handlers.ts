import type { approval } from '../../../schema/contract/approval.ts';
import type { Handlers } from '../../../schema/contract/contract.ts';
import type { ApprovalId } from '../../../schema/entities.ts';
import { AGENT_TAG, type CallContext } from '../dispatch/context.ts';
import { isKeyCaller } from '../dispatch/key-reach.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Answer, Approvals } from './approvals.ts';

interface DecideInput {
  readonly approval: ApprovalId;
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

/**
 * An agent hands on what a person told the program that it works in: to a question of its own, and to that one only. Who
 * came with a key answers what others ask: its own question is for somebody else.
 * @throws Fault `not_found`, `not_grantable`, `denied`
 */
function checkAnswerer(approvals: Approvals, { caller }: CallContext, input: DecideInput): void {
  const own = approvals.picture().approvals.some(({ id, actor }) => id === input.approval && actor === caller.actor);
  if (isKeyCaller(caller) && own && input.answer !== 'deny') {
    throw new Fault('denied', `Cannot answer "${input.approval}": it is about a call of the same key`, {
      fix: 'Answer it in the window, or with another admin key.',
    });
  }
  if (!caller.tags.includes(AGENT_TAG)) return;
  if (!own) throw new Fault('not_found', `Cannot answer "${input.approval}": ${caller.actor} has no such question`);
  if (input.answer === 'once' || input.answer === 'deny') return;
  throw new Fault('not_grantable', 'Cannot give a standing answer: only the operator can, in the window or by the CLI');
}

export function approvalHandlers(approvals: Approvals): Handlers<typeof approval, CallContext> {
  return {
    list: () => approvals.picture(),
    watch: (_input, context) => approvals.watch(context.signal),
    async decide(input, context) {
      checkAnswerer(approvals, context, input);
      const { reason } = input;
      await approvals.decide(input.approval, answerOf(input), { by: context.caller.actor, reason });
      return {};
    },
    revoke(input) {
      approvals.revoke(input.grant);
      return {};
    },
  };
}
