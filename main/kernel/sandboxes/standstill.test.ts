import { afterEach, beforeEach, expect, it } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import type { Sandboxes } from './sandboxes.ts';
import { SandboxWorld, sessionId } from './testing/sandbox-fixture.ts';

const session = sessionId('s1');
let world: SandboxWorld;
let sandboxes: Sandboxes;
let calls: string[];
beforeEach(async () => {
  world = new SandboxWorld();
  calls = [];
  world.runtime.pause = async () => void calls.push('pause');
  world.runtime.resume = async () => void calls.push('resume');
  sandboxes = world.sandboxes();
  const { signal } = new AbortController();
  await sandboxes.start({ session, workspace: '/w', profile: 'workspace', signal });
});
afterEach(() => sandboxes[Symbol.asyncDispose]());

it('a sandbox that the operator paused says since when, and goes on when they let it', async () => {
  expect(await sandboxes.standstill.hold(session, 'operator')).toMatchObject({ state: 'running', pausedAt: 1_000 });
  await sandboxes.standstill.hold(session, 'operator');
  expect(sandboxes.list()).toMatchObject([{ pausedAt: 1_000 }]);
  expect(await sandboxes.standstill.release(session, 'operator')).not.toHaveProperty('pausedAt');
  await sandboxes.standstill.release(session, 'operator');
  expect(calls).toEqual(['pause', 'resume']);
});

it('a task that ends its own pause does not end the operator’s, nor the other way round', async () => {
  await sandboxes.standstill.hold(session, 'task');
  await sandboxes.standstill.hold(session, 'operator');
  await sandboxes.standstill.release(session, 'task');
  expect(calls).toEqual(['pause']);
  await sandboxes.standstill.hold(session, 'task');
  await sandboxes.standstill.release(session, 'operator');
  expect(calls).toEqual(['pause']);
  await sandboxes.standstill.release(session, 'task');
  expect(calls).toEqual(['pause', 'resume']);
});

it('one that cannot be paused is not said to be', async () => {
  world.runtime.pause = () => Promise.reject(new Fault('sandbox_failed', 'Cannot pause'));
  await expect(sandboxes.standstill.hold(session, 'operator')).rejects.toThrow('Cannot pause');
  expect(sandboxes.list()[0]).not.toHaveProperty('pausedAt');
  await sandboxes.standstill.release(session, 'operator');
  expect(calls).toEqual([]);
});

it('a paused one can be stopped; the next one of its session runs', async () => {
  await sandboxes.standstill.hold(session, 'operator');
  await sandboxes.stop(session);
  expect(world.store.records.get(session)?.sandbox).not.toHaveProperty('pausedAt');
  await expect(sandboxes.standstill.hold(session, 'operator')).rejects.toMatchObject({ code: 'session_not_running' });
  const { signal } = new AbortController();
  await sandboxes.start({ session, workspace: '/w', profile: 'workspace', signal });
  await sandboxes.standstill.hold(session, 'operator');
  expect(calls).toEqual(['pause', 'pause']);
});

it('one that was paused when the kernel ended goes on with the next', async () => {
  await sandboxes.standstill.hold(session, 'operator');
  await sandboxes[Symbol.asyncDispose]();
  sandboxes = world.sandboxes();
  await sandboxes.recover([session]);
  expect(sandboxes.list()[0]).not.toHaveProperty('pausedAt');
});
