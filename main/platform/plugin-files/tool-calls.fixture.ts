import type { ToolEvent } from '../../../schema/contract/tool.ts';
import type { ActId, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { newId } from '../../base/id.ts';
import type { CallContext } from '../../kernel/dispatch/context.ts';
import type { Tools } from '../../kernel/tools/tools.ts';

/** Longer than any test takes. */
export const signal = AbortSignal.timeout(600_000);

/** A caller who may. */
export function contextOf(overrides: Partial<CallContext> = {}): CallContext {
  return {
    caller: { actor: 'operator', tags: [], containerId: '', peerPid: 0 },
    signal,
    act: newId<ActId>(),
    decision: { decision: 'allow', via: 'rules', rule: 'test', reasons: [], flagged: false, warnings: [] },
    receivedAt: performance.now(),
    reviewMs: 0,
    note: () => undefined,
    ...overrides,
  };
}

export interface Outcome {
  readonly result?: unknown;
  readonly fault?: { readonly code: string; readonly message: string; readonly data: unknown };
  readonly text: string;
}

/** Calls a tool and gives its result or its fault, and what it printed. */
export async function callWith(
  tools: Tools,
  call: { session: SessionId; name: string; input: unknown },
  context = contextOf(),
): Promise<Outcome> {
  const events: ToolEvent[] = [];
  try {
    for await (const event of tools.call(call, context)) events.push(event);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return { fault: { code: thrown.code, message: thrown.message, data: thrown.data }, text: '' };
  }
  const text = events.map((event) => (event.type === 'output' ? event.text : '')).join('');
  const last = events.at(-1);
  return { result: last?.type === 'result' ? last.result : undefined, text };
}
