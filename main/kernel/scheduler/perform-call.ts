import type { ExecEvent } from '../../../schema/contract/sandbox.ts';
import type { Task } from '../../../schema/contract/task.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Caller } from '../dispatch/context.ts';
import type { Dispatch } from '../dispatch/dispatch.ts';

export interface Performance {
  readonly dispatch: Pick<Dispatch, 'call' | 'stream'>;
  readonly signal: AbortSignal;
  /** Told in whose name the call is made. */
  readonly onCaller: (caller: Caller) => void;
}

/** What is kept of each stream of a command, from its end. */
const KEPT_CHARACTERS = 32_768;
const RESULT_CHARACTERS = 65_536;

/**
 * Makes the call of a task, in the name of whoever submitted it: the policy judges it as theirs, when its turn has come.
 * @throws Fault `command_failed` with the command's output, and what the call itself throws
 */
export async function performCall({ name, job, by }: Task, performance: Performance): Promise<unknown> {
  if (job === undefined || by === undefined) {
    throw new Fault('task_invalid', `Cannot run task "${name}": it does not say what it does`);
  }
  const { dispatch, signal } = performance;
  const caller: Caller = { ...by, peerPid: 0 };
  performance.onCaller(caller);
  const request = { method: job.call, input: job.input, caller, signal, review: 'wait' } as const;
  if (job.call === 'sandbox.exec') return commandResult(name, dispatch.stream(request));
  if (job.call !== 'tool.call') return short(await dispatch.call(request));
  let last: unknown;
  for await (const event of dispatch.stream(request)) last = event;
  return short(last);
}

async function commandResult(name: string, events: AsyncIterable<unknown>): Promise<unknown> {
  const kept = { stdout: new Tail(), stderr: new Tail() };
  for await (const one of events) {
    const event = one as ExecEvent; // dispatch has validated it
    if (event.type === 'output') {
      kept[event.stream].add(event.base64);
      continue;
    }
    const { exitCode, durationMs } = event;
    const result = { exitCode, durationMs, stdout: kept.stdout.text, stderr: kept.stderr.text };
    if (exitCode === 0) return result;
    throw new Fault('command_failed', `Task "${name}" failed: its command ended with code ${exitCode}`, {
      data: result,
    });
  }
  throw new Fault('sandbox_failed', `Cannot finish task "${name}": its sandbox ended first`);
}

class Tail {
  #bytes = Buffer.alloc(0);

  add(base64: string): void {
    this.#bytes = Buffer.concat([this.#bytes, Buffer.from(base64, 'base64')]).subarray(-KEPT_CHARACTERS);
  }

  get text(): string {
    return this.#bytes.toString('utf8');
  }
}

function short(result: unknown): unknown {
  const text = JSON.stringify(result) ?? 'null';
  return text.length <= RESULT_CHARACTERS ? result : { truncated: text.slice(0, RESULT_CHARACTERS) };
}
