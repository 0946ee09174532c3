import type { MessagePort } from 'node:worker_threads';
import { Fault, type FaultShape } from '../../../schema/fault.ts';

/** What a worker can be asked to do: each operation takes one value that can be cloned and answers one. */
export type WorkerOperations = Record<string, (input: never, report: (progress: unknown) => void) => unknown>;

/** What a worker is started with. */
export interface WorkerStart {
  readonly data: unknown;
  /** Where requests come from and answers go to. */
  readonly port: MessagePort;
  /** Two counters of 32 bits: see REQUESTS and ANSWERS. */
  readonly counters: SharedArrayBuffer;
}

/** Which counter goes up with each request, and which with each answer; either side may wait for the other's. */
export const REQUESTS = 0;
export const ANSWERS = 1;

export interface WorkerRequest {
  readonly id: number;
  readonly operation: string;
  readonly input: unknown;
}

export type WorkerAnswer =
  | { readonly id: number; readonly type: 'progress'; readonly progress: unknown }
  | { readonly id: number; readonly type: 'value'; readonly value: unknown }
  | { readonly id: number; readonly type: 'fault'; readonly fault: FaultShape };

/** A failure as it crosses the thread: a Fault as it is, anything else with its text, as it stays inside the program. */
export function faultShapeOf(thrown: unknown): FaultShape {
  if (thrown instanceof Fault) return thrown.toShape();
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new Fault('internal', 'Cannot finish the work: the worker failed, see the log for its cause', {
    data: { worker: text },
  }).toShape();
}
