import { expect, it } from 'vitest';
import { SandboxWorld, sessionId, settle } from './testing/sandbox-fixture.ts';

const order = { session: sessionId('s1'), workspace: '/w', profile: 'workspace', signal: new AbortController().signal };

it('removes what an earlier run left once, however many ask meanwhile, and each of them waits until it is gone', async () => {
  const world = new SandboxWorld();
  const first = world.sandboxes();
  await first.start(order);
  await first[Symbol.asyncDispose]();
  const asked: string[] = [];
  const remove = world.runtime.remove.bind(world.runtime);
  world.runtime.remove = async (id) => {
    asked.push(id);
    await settle();
    await remove(id);
  };
  await using second = world.sandboxes();
  const left = [1, 2].map(async () => {
    await second.recover([]);
    return world.runtime.left;
  });
  expect(await Promise.all(left)).toEqual([[], []]);
  expect(asked).toHaveLength(1);
});
