import { expect, it } from 'vitest';
import { endFailure } from './container-end.ts';

const state = { id: 'c', running: false, paused: false, exitCode: 137, outOfMemory: false, labels: {} };
const message = (options: Partial<Parameters<typeof endFailure>[0]>) =>
  endFailure({ sandbox: 'b', state, exitCode: 137, outOfMemoryAtMs: undefined, nowMs: 20_000, ...options }).message;

it('endFailure tells an out-of-memory kill from a kill, and both from an end and from a removal', () => {
  expect([
    message({ outOfMemoryAtMs: 19_000 }),
    message({ state: { ...state, outOfMemory: true } }),
    message({}),
    message({ outOfMemoryAtMs: 1_000 }),
    message({ exitCode: 3, outOfMemoryAtMs: 19_000 }),
    message({ state: undefined, exitCode: undefined }),
  ]).toEqual([
    'Sandbox "b" ended: out of memory',
    'Sandbox "b" ended: out of memory',
    'Sandbox "b" ended: it was killed',
    'Sandbox "b" ended: it was killed',
    'Sandbox "b" ended: its agent ended with code 3',
    'Sandbox "b" ended: its container is gone',
  ]);
});
