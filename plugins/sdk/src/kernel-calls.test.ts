import { expect, it } from 'vitest';
import type { Frame } from '../../../schema/frame.ts';
import { KernelCalls } from './kernel-calls.ts';

interface Asked {
  readonly of: string;
  readonly method: string;
  readonly input: unknown;
  readonly wants?: string;
  readonly token?: { readonly id: string; readonly nonce: number };
}

function setUp(answer: (asked: Asked) => Pick<Frame, 'result' | 'error'>) {
  const asked: Asked[] = [];
  const cancelled: string[] = [];
  const calls: KernelCalls = new KernelCalls(async (frame) => {
    if (frame.type === 'cancel') return void cancelled.push(frame.id);
    const params = frame.params as Asked; // what the class under test sends
    asked.push(params);
    if (params.method !== 'wait')
      queueMicrotask(() => calls.settle({ id: frame.id, type: 'response', ...answer(params) }));
  });
  const call = (input: unknown, method = 'tool.call', signal = new AbortController().signal) =>
    calls.call({ of: '1', method, input, signal });
  return { calls, call, asked, cancelled };
}

it('asks for a token when a call is repeated, and shows it with a higher number each time', async () => {
  let given = 0;
  const { call, asked } = setUp(({ wants, token }) => ({
    result: { result: 'fine', ...(wants && !token ? { token: { id: `t${++given}` } } : {}) },
  }));
  for (const input of ['a', 'a', 'a', 'a', 'b']) expect(await call(input)).toBe('fine');
  expect(asked.map(({ wants, token }) => [wants, token?.id, token?.nonce])).toEqual([
    [undefined, undefined, undefined],
    ['token', undefined, undefined],
    ['token', 't1', 1],
    ['token', 't1', 2],
    [undefined, undefined, undefined],
  ]);
});

it('takes the next token when the kernel gives one, and counts from the beginning', async () => {
  const { call, asked } = setUp(({ token }) => ({ result: { result: 1, token: { id: token ? 'new' : 'old' } } }));
  for (let index = 0; index < 5; index += 1) await call('a');
  expect(asked.map(({ token }) => token)).toEqual([
    undefined,
    undefined,
    { id: 'old', nonce: 1 },
    { id: 'new', nonce: 1 },
    { id: 'new', nonce: 1 },
  ]);
});

it('tells a refusal with its code, and the end of the call or of the connection', async () => {
  const { calls, call, cancelled } = setUp(() => ({ error: { code: 'denied', message: 'Cannot', retryable: false } }));
  await expect(call('a')).rejects.toMatchObject({ name: 'ToolError', code: 'denied' });
  const ending = new AbortController();
  const waiting = call('a', 'wait', ending.signal);
  ending.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await expect(call('a', 'wait', ending.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect(cancelled).toEqual(['k2']);
  const lost = call('a', 'wait');
  calls.close();
  await expect(lost).rejects.toMatchObject({ code: 'disconnected' });
});
