import type { Failure } from '../../schema/entities.ts';
import type { Decision } from '../../schema/policy.ts';
import { Fault, toFault } from '../../schema/fault.ts';

/** What a person reads of something that was thrown. */
export function failureOf(thrown: unknown): Failure {
  const fault = toFault(thrown);
  return {
    code: fault.code,
    message: fault.message,
    ...(fault.why === undefined ? {} : { why: fault.why }),
    ...(fault.fix === undefined ? {} : { fix: fault.fix }),
  };
}

/** True where it only says that somebody stopped waiting. */
export function isCancelled(thrown: unknown): boolean {
  return thrown instanceof Fault && thrown.code === 'cancelled';
}

/** The decision that a denial carries. */
export function decisionOf(thrown: unknown): Decision | undefined {
  if (!(thrown instanceof Fault) || thrown.code !== 'denied') return undefined;
  // The contract says what the data of `denied` is; the kernel validated it.
  return (thrown.data as { decision?: Decision } | undefined)?.decision;
}
