import { describe, expect, it } from 'vitest';
import type { ExecEvent } from '../../../schema/contract/sandbox.ts';
import type { SandboxId } from '../../../schema/entities.ts';
import type { AgentConnection, AgentRequestOptions } from './agent-port.ts';
import { execute } from './execute.ts';

type Answer = (options: AgentRequestOptions) => Promise<unknown>;

/** An agent that answers every request in one way. */
function agent(answer: Answer): AgentConnection {
  return {
    sandbox: 'box' as SandboxId, // Test data.
    hello: { protocol: 2, agent: '0', node: '24', pid: 1, terminals: [] },
    peer: { pid: 1, uid: 1000, containerId: 'c' },
    request: (_method, _params, options = {}) => answer(options),
    onEvent: () => () => undefined,
    onClose: () => () => undefined,
  };
}

async function all(answer: Answer, signal = new AbortController().signal): Promise<ExecEvent[]> {
  const events: ExecEvent[] = [];
  for await (const event of execute(agent(answer), { argv: ['true'] }, signal)) events.push(event);
  return events;
}

const end = { exitCode: 0, signal: null, timedOut: false, outOfMemory: false, durationMs: 1.4 };

describe('execute', () => {
  it('gives output in order, then the end', async () => {
    const events = await all(async ({ onEvent }) => {
      await onEvent?.('process.output', { stream: 'stdout', base64: 'YQ==' });
      await onEvent?.('process.output', { stream: 'stderr', base64: 'Yg==' });
      return end;
    });
    expect(events).toEqual([
      { type: 'output', stream: 'stdout', base64: 'YQ==' },
      { type: 'output', stream: 'stderr', base64: 'Yg==' },
      { type: 'exit', exitCode: 0, timedOut: false, outOfMemory: false, durationMs: 1 },
    ]);
  });

  it('calls the end by a signal what a shell would', async () => {
    const events = await all(() => Promise.resolve({ ...end, exitCode: null, signal: 'SIGKILL' }));
    expect(events).toEqual([{ type: 'exit', exitCode: 137, timedOut: false, outOfMemory: false, durationMs: 1 }]);
  });

  it('believes no answer of another form: it comes from inside', async () => {
    await expect(all(() => Promise.resolve({ exitCode: '0' }))).rejects.toMatchObject({ code: 'sandbox_failed' });
  });

  it('holds the agent back while its reader is slow', async () => {
    let taken = 0;
    const stream = execute(
      agent(async ({ onEvent }) => {
        for (; taken < 100; taken++) await onEvent?.('process.output', { stream: 'stdout', base64: 'YQ==' });
        return end;
      }),
      { argv: ['yes'] },
      new AbortController().signal,
    );
    await stream.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBeLessThan(20);
    await stream.return();
  });

  it('cancels the command when its reader leaves', async () => {
    let cancelled = false;
    const stream = execute(
      agent(({ signal, onEvent }) => {
        signal?.addEventListener('abort', () => {
          cancelled = true;
        });
        void onEvent?.('process.output', { stream: 'stdout', base64: 'YQ==' });
        return new Promise(() => undefined);
      }),
      { argv: ['sleep'] },
      new AbortController().signal,
    );
    await stream.next();
    await stream.return();
    expect(cancelled).toBe(true);
  });
});
