import { areas } from '../../../schema/contract/areas.ts';
import type { Area } from '../../../schema/contract/contract.ts';
import type { PolicyCall } from '../../../schema/policy.ts';

/** The tag that the hosts give to the person at the keyboard, and to nobody else. */
export const OPERATOR_TAG = 'operator';

/** Of the closed list, but not (yet) calls of the contract. */
const BEYOND_THE_CONTRACT = ['policy.update', 'sandbox.kill', 'sandbox.stop', 'token.list', 'token.revoke'];

function markedCalls({ name, members }: Area): string[] {
  return Object.entries(members).flatMap(([member, { always }]) => (always === true ? [`${name}.${member}`] : []));
}

/**
 * The closed list of policy.md: what no failure of policy or audit can take away from the person at the keyboard. Reading
 * state, stopping, killing, cancelling, discarding, pruning, revoking, and mending the policy itself. The contract marks
 * its part with `always`.
 */
export const OPERATOR_CALLS: ReadonlySet<string> = new Set([
  ...Object.values<Area>(areas).flatMap(markedCalls),
  ...BEYOND_THE_CONTRACT,
]);

/** True for a call of the closed list by the operator: a caller out of a container is never the operator, whatever its tags. */
export function isOperatorCall({ syscall, caller }: PolicyCall): boolean {
  return caller.container_id === '' && caller.tags.includes(OPERATOR_TAG) && OPERATOR_CALLS.has(syscall);
}
