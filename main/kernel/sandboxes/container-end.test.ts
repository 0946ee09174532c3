import { expect, it } from 'vitest';
import { endFailure } from './container-end.ts';

const state = { id: 'c', running: false, paused: false, exitCode: 137, outOfMemory: false, labels: {} };
const message = (options: Partial<Parameters<typeof endFailure>[0]>) =>
  endFailure({ sandbox: 'b', state, exitCode: 137, sawOutOfMemory: false, ...options }).message;

it('endFailure tells an out-of-memory kill from a kill, and both from an end and from a removal', () => {
  expect([
    message({ sawOutOfMemory: true }),
    message({ state: { ...state, outOfMemory: true } }),
    message({}),
    message({ exitCode: 3, sawOutOfMemory: true }),
    message({ state: undefined, exitCode: undefined }),
  ]).toEqual([
    'Sandbox "b" ended: out of memory',
    'Sandbox "b" ended: out of memory',
    'Sandbox "b" ended: it was killed',
    'Sandbox "b" ended: its agent ended with code 3',
    'Sandbox "b" ended: its container is gone',
  ]);
});
