import { Fault, toFault } from '../../../schema/fault.ts';

/** Of the way to a tool, not of the tool itself. */
const OF_THE_WAY = new Set(['cancelled', 'session_not_running', 'sandbox_failed', 'tool_unknown', 'invalid_input']);
const OF_THE_SANDBOX = new Set(['disconnected', 'internal']);

export interface Way {
  readonly tool: string;
  readonly through: 'kernel' | 'sandbox';
}

/** What a caller is told: the fault of the contract, with the tool's own code in its data. Answers from inside are untrusted, so their codes are. */
export function toolFault(thrown: unknown, { tool, through }: Way): Fault {
  const fault = toFault(thrown);
  const own = through === 'kernel' ? fault.code === 'cancelled' : OF_THE_WAY.has(fault.code);
  if (own) return fault;
  if (through === 'sandbox' && OF_THE_SANDBOX.has(fault.code)) {
    return new Fault('sandbox_failed', `Cannot finish ${tool}: the connection to the sandbox has ended`, {
      cause: thrown,
      retryable: true,
      fix: 'Look at the session’s state; resume it if it has stopped.',
    });
  }
  if (fault.code === 'internal') return fault;
  return new Fault('tool_failed', fault.message, {
    cause: thrown,
    ...(fault.why === undefined ? {} : { why: fault.why }),
    ...(fault.fix === undefined ? {} : { fix: fault.fix }),
    data: { code: fault.code, ...(fault.data === undefined ? {} : { details: fault.data }) },
  });
}
