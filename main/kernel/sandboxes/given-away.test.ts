import { afterEach, expect, it } from 'vitest';
import { SandboxWorld, sessionId } from './testing/sandbox-fixture.ts';

const world = new SandboxWorld();
const sandboxes = world.sandboxes();
const session = sessionId('s1');
const order = { session, workspace: '/w', profile: 'workspace', signal: new AbortController().signal };
afterEach(() => sandboxes[Symbol.asyncDispose]());

it('a view that the engine gave to another user is made anew as a copy; one with changes in it says so', async () => {
  await sandboxes.start(order);
  await sandboxes.stop(session);
  world.layers.isGivenAway = true;
  await expect(sandboxes.start(order)).rejects.toMatchObject({
    code: 'sandbox_failed',
    why: expect.stringContaining('another user'),
  });
  await sandboxes.remove(session);
  await sandboxes.start(order);
  expect(sandboxes.layer(session).strategy).toBe('copy');
  await sandboxes.stop(session);
  expect(world.left).toEqual([]);
});
