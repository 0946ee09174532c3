import type { approval } from '../../../schema/contract/approval.ts';
import type { Handlers } from '../../../schema/contract/contract.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { Approvals } from './approvals.ts';

export function approvalHandlers(approvals: Approvals): Handlers<typeof approval, CallContext> {
  return {
    list: () => approvals.picture(),
    watch: (_input, context) => approvals.watch(context.signal),
    async decide(input) {
      await approvals.decide(input.approval, input.answer, input.reason);
      return {};
    },
    revoke(input) {
      approvals.revoke(input.grant);
      return {};
    },
  };
}
