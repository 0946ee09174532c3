import { afterEach, beforeEach, expect, it } from 'vitest';
import { Fault } from '../../../../schema/fault.ts';
import { VirtualClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { EngineAccess } from '../engine-access.ts';
import { FakeRuntime } from '../testing/fake-runtime.ts';
import { settle } from '../testing/sandbox-fixture.ts';
import { SandboxImages } from './sandbox-images.ts';
import { deferred } from '../testing/deferred.ts';

const work = { signal: new AbortController().signal, onProgress: () => undefined };
const profiles = new Map([
  ['workspace', { image: 'cavern/workspace:latest' }],
  ['lint', { image: 'local/lint' }],
  ['node', { image: 'registry.test/node:24' }],
]);

let runtime: FakeRuntime;
let clock: VirtualClock;
let images: SandboxImages;
let digest = 'first';
beforeEach(() => {
  runtime = new FakeRuntime();
  clock = new VirtualClock(0);
  digest = 'first';
  images = new SandboxImages({
    engine: new EngineAccess(async () => runtime),
    recipes: { find: async (name) => (name === 'lint' ? { folder: '/images/lint', digest } : undefined) },
    clock,
    logger: silentLogger,
  });
});
afterEach(() => images[Symbol.asyncDispose]());

const states = async () => (await images.list(profiles)).map(({ name, state }) => [name, state]);

it('an image that is missing is brought once, however many ask, and everybody hears how far it is', async () => {
  runtime.missingImages.add('registry.test/node:24');
  const gate = deferred<void>();
  runtime.imageGate = gate.promise;
  const heard: unknown[] = [];
  const listening = { ...work, onProgress: (progress: unknown) => heard.push(progress) };
  const first = images.ensure('registry.test/node:24', work);
  await settle();
  const second = images.ensure('registry.test/node:24', listening);
  await settle();
  expect(heard).toEqual([{ detail: 'half', share: 0.5 }]);
  expect((await images.list(profiles)).find(({ state }) => state === 'working')).toMatchObject({ share: 0.5 });
  gate.resolve();
  await Promise.all([first, second]);
  expect(runtime.imageWork).toEqual(['pull registry.test/node:24']);
  expect(await states()).toContainEqual(['registry.test/node:24', 'ready']);
});

it('who stops waiting does not end it for the others', async () => {
  runtime.missingImages.add('registry.test/node:24');
  const gate = deferred<void>();
  runtime.imageGate = gate.promise;
  const leaving = new AbortController();
  const gone = images.ensure('registry.test/node:24', { ...work, signal: leaving.signal });
  const stays = images.ensure('registry.test/node:24', work);
  leaving.abort();
  await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
  gate.resolve();
  await stays;
});

it('an image of a recipe is built when it is missing and when the recipe is another, and not otherwise', async () => {
  await images.ensure('local/lint', work);
  await images.ensure('local/lint', work);
  expect(runtime.imageWork).toEqual(['build local/lint of /images/lint']);
  digest = 'second';
  await images.ensure('local/lint', work);
  expect(runtime.imageWork).toHaveLength(2);
  await expect(images.ensure('local/none', work)).rejects.toMatchObject({
    code: 'image_missing',
    fix: expect.stringContaining('images/none'),
  });
});

it('the program’s own images are pulled from nobody', async () => {
  runtime.missingImages.add('cavern/workspace:latest');
  const asked = images.ensure('cavern/workspace:latest', work);
  await expect(asked).rejects.toMatchObject({ code: 'image_missing', fix: 'Make it with `npm run setup`.' });
  images.prepareAhead(['cavern/workspace:latest']);
  await settle();
  expect(runtime.imageWork).toEqual([]);
});

it('an engine that goes away meanwhile is waited for; what fails otherwise is said', async () => {
  runtime.missingImages.add('registry.test/node:24');
  runtime.stopEngine();
  images.prepareAhead(['registry.test/node:24']);
  await settle();
  runtime.startEngine();
  clock.advance(1_000);
  await settle();
  expect(await states()).toContainEqual(['registry.test/node:24', 'ready']);
  runtime.missingImages.add('registry.test/node:24');
  runtime.failures.set('bring', new Fault('image_missing', 'Cannot pull', { why: 'denied' }));
  await expect(images.ensure('registry.test/node:24', work)).rejects.toThrow('Cannot pull');
  const failed = (await images.list(profiles)).find(({ name }) => name === 'registry.test/node:24');
  expect(failed).toMatchObject({ state: 'failed', failure: { why: 'denied' } });
});

it('a build and a pull wait for their turn, and what is there already does not', async () => {
  runtime.missingImages.add('registry.test/node:24').add('local/lint');
  const turn = deferred<void>();
  const asked: unknown[] = [];
  await using waiting = new SandboxImages({
    engine: new EngineAccess(async () => runtime),
    recipes: { find: async () => ({ folder: '/images/lint', digest }) },
    async doUpkeep(of, signal, run) {
      asked.push(of);
      await turn.promise;
      return run(signal);
    },
    clock,
    logger: silentLogger,
  });
  await waiting.ensure('cavern/workspace:latest', work);
  const both = ['registry.test/node:24', 'local/lint'].map((name) => waiting.ensure(name, work));
  await settle();
  expect(runtime.imageWork).toEqual([]);
  expect(asked).toEqual([
    { kind: 'image.pull', name: 'registry.test/node:24', profile: 'image', for: 'person' },
    { kind: 'image.build', name: 'local/lint', profile: 'image', for: 'person' },
  ]);
  turn.resolve();
  await Promise.all(both);
  expect(runtime.imageWork).toHaveLength(2);
});
