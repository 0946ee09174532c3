import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Sandboxes } from './sandboxes.ts';
import { SandboxWorld, sessionId, settle } from './testing/sandbox-fixture.ts';

const [one, two] = [sessionId('s1'), sessionId('s2')];
const { signal } = new AbortController();

let world: SandboxWorld;
let sandboxes: Sandboxes;
beforeEach(() => {
  world = new SandboxWorld();
  sandboxes = world.sandboxes();
});
afterEach(() => sandboxes[Symbol.asyncDispose]());

const start = (session = one) => sandboxes.start({ session, workspace: '/w', profile: 'workspace', signal });

/** What agents were asked to hide, by sandbox. */
function hidden(): string[] {
  return world.host.requests
    .filter(({ method }) => method === 'workspace.hide')
    .flatMap(({ sandbox, params }) =>
      // The kernel's own request.
      (params as { paths: string[] }).paths.map((path) => `${sandbox} ${Buffer.from(path, 'base64').toString()}`),
    );
}

async function pass(ms = 2_000): Promise<void> {
  world.clock.advance(ms);
  await settle();
}

it('a secret that comes into the workspace is masked and hidden from every sandbox that sees it, once', async () => {
  const boxes = [await start(), await start(two)];
  await settle();
  world.layers.secretFiles = ['.env', 'deep/id_rsa'];
  await pass();
  expect(hidden()).toEqual(boxes.map(({ id }) => `${id} deep/id_rsa`));
  expect(sandboxes.layer(one).maskedPaths).toEqual(['.env', 'deep/id_rsa']);
  expect(world.store.records.get(two)?.layer?.maskedPaths).toEqual(['.env', 'deep/id_rsa']);
  await pass();
  expect(hidden()).toHaveLength(2);
});

it('what a session has at that path itself stays in its view; no merge replaces the operator’s', async () => {
  await start();
  world.layers.covered.add('.env.local');
  world.layers.secretFiles = ['.env', '.env.local'];
  await pass();
  expect(hidden()).toEqual([]);
  expect(sandboxes.layer(one).maskedPaths).toContain('.env.local');
});

it('a sandbox that was taken over is asked again: the kernel before may have ended in the middle', async () => {
  const { id } = await start();
  await sandboxes[Symbol.asyncDispose]();
  sandboxes = world.sandboxes();
  await sandboxes.recover([one]);
  await pass();
  expect(hidden()).toEqual([`${id} .env`]);
});

it('a copy of the workspace does not see what is new', async () => {
  world.layers.strategy = 'copy';
  await start();
  world.layers.secretFiles = ['.env', 'new.key'];
  await pass();
  expect(hidden()).toEqual([]);
});
