import { expect, test } from 'vitest';
import type { ToolEvent } from '../../../schema/contract/tool.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Decision } from '../../../schema/policy.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { ToolsStore } from './tools-store.ts';

const allowed: Decision = {
  decision: 'allow',
  via: 'rules',
  rule: 'read-files',
  reasons: [],
  flagged: false,
  warnings: [],
};

/** A kernel with one tool whose calls give these events, or end in this failure. */
function fakeTools(events: readonly ToolEvent[], failure?: Fault): Pick<KernelClient, 'tool'> {
  return {
    tool: {
      list: async () => ({ tools: [] }),
      async *watch() {},
      async *call(_input, options) {
        for (const event of events) {
          if (options?.signal?.aborted) throw new Fault('cancelled', 'The call was cancelled');
          yield event;
        }
        if (failure) throw failure;
      },
    },
  };
}

function storeWith(client: Pick<KernelClient, 'tool'>) {
  let ended = 0;
  // Ids are plain text; tests need no kernel to make one.
  const session = 's1' as SessionId;
  const tools = new ToolsStore({ client, session, now: () => 1000, onEnded: () => ended++ });
  return { tools, endedCount: () => ended };
}

test('a run collects its output and ends with its result and the decision', async () => {
  const { tools, endedCount } = storeWith(
    fakeTools([
      { type: 'progress', message: 'reading', done: 1, total: 2 },
      { type: 'output', text: 'one\n' },
      { type: 'output', text: 'two\n' },
      { type: 'result', result: { ok: true }, decision: allowed, durationMs: 12, overheadMs: 1 },
    ]),
  );
  await tools.run('fs.read', { path: 'a' });
  expect(tools.store.getState().runs).toEqual([
    {
      id: 1,
      tool: 'fs.read',
      startedAt: 1000,
      state: 'done',
      output: 'one\ntwo\n',
      progress: { type: 'progress', message: 'reading', done: 1, total: 2 },
      result: { ok: true },
      decision: allowed,
      durationMs: 12,
      overheadMs: 1,
      truncated: false,
    },
  ]);
  expect(endedCount()).toBe(1);
});

test('a denial shows the decision that made it', async () => {
  const decision: Decision = { ...allowed, decision: 'deny', rule: 'no-secrets', reasons: ['secrets stay hidden'] };
  const { tools } = storeWith(
    fakeTools([], new Fault('denied', 'Cannot run fs.read: the policy denies it', { data: { decision } })),
  );
  await tools.run('fs.read', { path: '.env' });
  const [run] = tools.store.getState().runs;
  expect({ state: run?.state, decision: run?.decision }).toEqual({ state: 'denied', decision });
});

test('cancelling ends a run as cancelled, which is no failure', async () => {
  const { tools } = storeWith(
    fakeTools([
      { type: 'output', text: 'a' },
      { type: 'output', text: 'b' },
    ]),
  );
  const done = tools.run('test.run', {});
  tools.cancel(1);
  await done;
  const [run] = tools.store.getState().runs;
  expect({ state: run?.state, failure: run?.failure }).toEqual({ state: 'cancelled', failure: undefined });
});
