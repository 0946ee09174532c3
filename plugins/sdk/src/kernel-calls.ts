import { HOST_CALL } from '../../../schema/agent-protocol.ts';
import type { Frame } from '../../../schema/frame.ts';
import { ToolError } from './tool-error.ts';

/** Equal calls that are remembered; whoever makes more different ones does not repeat them. */
const REMEMBERED_LIMIT = 256;

export interface KernelCall {
  /** The request that is being answered: only meanwhile may anything be asked. */
  readonly of: string;
  readonly method: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (cause: ToolError) => void;
}

/** What is known of a call that was made before: from its second time on it has a token, as long as that lasts. */
interface Repeated {
  token: { readonly id: string } | undefined;
  nonce: number;
}

/** What a plugin asks of the kernel, over the connection on which it is asked itself. */
export class KernelCalls {
  readonly #send: (frame: Frame) => Promise<void>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #repeated = new Map<string, Repeated>();
  #nextId = 1;

  constructor(send: (frame: Frame) => Promise<void>) {
    this.#send = send;
  }

  /** Throws ToolError with the kernel's code, `cancelled` or `disconnected`. */
  async call({ of, method, input, signal }: KernelCall): Promise<unknown> {
    const key = JSON.stringify([method, input]);
    const before = this.#repeated.get(key);
    const params = { of, method, input, ...(before === undefined ? {} : { wants: 'token', ...shown(before) }) };
    const answer = await this.#request(params, signal);
    this.#remember(key, before, tokenIn(answer));
    return typeof answer === 'object' && answer !== null && 'result' in answer ? answer.result : null;
  }

  settle(frame: Frame): void {
    const waiting = this.#waiting.get(frame.id);
    if (frame.error === undefined) return waiting?.resolve(frame.result);
    const { code, message, data } = frame.error;
    waiting?.reject(new ToolError(code, message, data === undefined ? {} : { data }));
  }

  close(): void {
    for (const { reject } of this.#waiting.values()) {
      reject(new ToolError('disconnected', 'Cannot ask Cavern: the connection has ended'));
    }
  }

  async #request(params: unknown, signal: AbortSignal): Promise<unknown> {
    if (signal.aborted) throw cancelled();
    const id = `k${this.#nextId++}`;
    const cancel = (): void => {
      this.#waiting.get(id)?.reject(cancelled());
      void this.#send({ id, type: 'cancel' });
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#send({ id, type: 'request', method: HOST_CALL, params }).catch(reject);
      });
    } finally {
      this.#waiting.delete(id);
      signal.removeEventListener('abort', cancel);
    }
  }

  #remember(key: string, before: Repeated | undefined, token: Repeated['token']): void {
    if (token !== undefined && before !== undefined) Object.assign(before, { token, nonce: 0 });
    if (before !== undefined || this.#repeated.size >= REMEMBERED_LIMIT) return;
    this.#repeated.set(key, { token: undefined, nonce: 0 });
  }
}

/** Each use has a higher number than the one before; one that a token does not cover any more is judged by the rules. */
function shown(repeated: Repeated): { token?: { id: string; nonce: number } } {
  if (repeated.token === undefined) return {};
  repeated.nonce += 1;
  return { token: { id: repeated.token.id, nonce: repeated.nonce } };
}

function tokenIn(answer: unknown): { id: string } | undefined {
  if (typeof answer !== 'object' || answer === null || !('token' in answer)) return undefined;
  const { token } = answer;
  if (typeof token !== 'object' || token === null || !('id' in token) || typeof token.id !== 'string') return undefined;
  return { id: token.id };
}

const cancelled = (): ToolError => new ToolError('cancelled', 'The call was cancelled');
