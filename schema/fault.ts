/** Codes that any call may answer with, beside those it declares itself. */
export const COMMON_FAULT_CODES = [
  'invalid_input',
  'invalid_output',
  'answer_too_large',
  'unknown_call',
  'denied',
  'needs_review',
  'wrong_scope',
  'audit_unavailable',
  'cancelled',
  'disconnected',
  'not_found',
  'internal',
] as const;

export type CommonFaultCode = (typeof COMMON_FAULT_CODES)[number];

/** What an error frame carries. `why` and `fix` make the second and third line of every error that a person reads. */
export interface FaultShape {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly why?: string;
  readonly fix?: string;
  readonly data?: unknown;
}

export interface FaultOptions {
  readonly cause?: unknown;
  readonly data?: unknown;
  readonly why?: string;
  readonly fix?: string;
  readonly retryable?: boolean;
}

/** A failure with a code from the contract. The message says action, colon, state: `Cannot start sandbox "web": the image is missing`. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly data: unknown;
  readonly why: string | undefined;
  readonly fix: string | undefined;
  readonly retryable: boolean;

  constructor(code: string, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = options.data;
    this.why = options.why;
    this.fix = options.fix;
    this.retryable = options.retryable ?? false;
  }

  toShape(): FaultShape {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.why === undefined ? {} : { why: this.why }),
      ...(this.fix === undefined ? {} : { fix: this.fix }),
      ...(this.data === undefined ? {} : { data: this.data }),
    };
  }

  static fromShape(shape: FaultShape): Fault {
    return new Fault(shape.code, shape.message, shape);
  }
}

/** Turns anything that was thrown into a Fault. What is not one of ours becomes `internal` and keeps its text out of the answer: it may hold a secret. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new Fault('cancelled', 'The call was cancelled', { cause: thrown });
  }
  return new Fault('internal', 'Cannot finish the call: an internal error, see the log for its cause', {
    cause: thrown,
  });
}
