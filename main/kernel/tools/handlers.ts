import type { Handlers } from '../../../schema/contract/contract.ts';
import type { tool } from '../../../schema/contract/tool.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { SubjectsOf } from '../dispatch/ports.ts';
import type { ToolInput } from './ports.ts';
import type { Tools } from './tools.ts';

export function toolHandlers(tools: Tools): Handlers<typeof tool, CallContext> {
  return {
    list: async () => ({ tools: await tools.list() }),
    watch: (_input, context) => tools.watch(context.signal),
    call: (input, context) => tools.call(input, context),
  };
}

/** For the gate: what `tool.call` is about. */
export function toolSubjects(tools: Tools): SubjectsOf {
  // Dispatch has validated the input against the contract before it asks.
  return (input) => tools.subjects(input as ToolInput);
}
