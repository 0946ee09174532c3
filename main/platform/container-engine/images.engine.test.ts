import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../base/id.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import type { ImageProgress } from '../../kernel/sandboxes/container-runtime.ts';
import { EngineAccess } from '../../kernel/sandboxes/engine-access.ts';
import { RECIPE_LABEL } from '../../kernel/sandboxes/images/image-source.ts';
import { SandboxImages } from '../../kernel/sandboxes/images/sandbox-images.ts';
import { imageRecipes } from './image-recipes.ts';
import { TEST_IMAGE, type TestEngine, openEngine, presentEngines } from './testing/engines.ts';
import { ImageRegistry } from './testing/image-registry.ts';
import { removeImage } from './testing/remove-image.ts';

describe.each(presentEngines())('images on %s', (name) => {
  let opened: TestEngine;
  let registry: ImageRegistry;
  let images: SandboxImages;
  const made = new Set<string>();

  beforeAll(async () => {
    opened = await openEngine(name);
    registry = await ImageRegistry.open();
  });
  beforeEach(() => {
    images = new SandboxImages({
      engine: new EngineAccess(async () => opened.engine),
      recipes: imageRecipes(join(opened.scratchFolder, 'images')),
      clock: systemClock,
      logger: silentLogger,
    });
  });
  afterEach(() => images[Symbol.asyncDispose]());
  afterAll(async () => {
    for (const image of made) await removeImage(opened.socket, image);
    await registry[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
  });

  /** Brings one and gives what was said on the way. */
  const brought = async (image: string): Promise<readonly ImageProgress[]> => {
    made.add(image);
    const told: ImageProgress[] = [];
    const signal = AbortSignal.timeout(60_000);
    await images.ensure(image, { signal, onProgress: (progress) => told.push(progress) });
    return told;
  };

  it('are pulled from a registry with progress, and not a second time', async () => {
    const image = `${registry.host}/cavern-test/${newId()}:one`;
    const told = await brought(image);
    expect(told[0]).toEqual({ detail: `pulling ${image}` });
    expect(await opened.engine.images.inspect(image)).toMatchObject({ sizeBytes: expect.any(Number) });
    expect(await brought(image)).toEqual([]);
  });

  it('that no registry has are told with its words', async () => {
    const asked = brought(`${registry.host}/cavern-test/none:two`);
    await expect(asked).rejects.toMatchObject({
      code: 'image_missing',
      why: expect.stringMatching(/manifest|unknown/),
    });
  });

  it('are built from a recipe step by step, again when it is another, and a step that fails is told', async () => {
    const recipe = newId();
    const folder = join(opened.scratchFolder, 'images', recipe);
    await mkdir(folder, { recursive: true });
    const write = (text: string): Promise<void> => writeFile(join(folder, 'Dockerfile'), text);
    await writeFile(join(folder, 'note.txt'), 'a note\n');
    await write(`FROM ${TEST_IMAGE}\nCOPY note.txt /note.txt\n`);
    const image = `local/${recipe}`;
    const shares = (await brought(image)).map(({ share }) => share);
    // The label is a step of its own.
    expect(shares).toEqual([undefined, 0, 1 / 3, 2 / 3]);
    const label = async () => (await opened.engine.images.inspect(image))?.labels[RECIPE_LABEL];
    const former = (await opened.engine.images.inspect(image))?.id.replace(/^sha256:/, '');
    const first = await label();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await brought(image)).toEqual([]);
    await write(`FROM ${TEST_IMAGE}\nCOPY note.txt /other.txt\n`);
    await brought(image);
    expect([(await label()) === first, (await label())?.length]).toEqual([false, 64]);
    const unnamed = await opened.engine.images.unnamed(RECIPE_LABEL);
    expect(unnamed.map(({ id }) => id.replace(/^sha256:/, ''))).not.toContain(former);
    await write(`FROM ${TEST_IMAGE}\nCOPY missing.txt /x\n`);
    await expect(brought(image)).rejects.toMatchObject({
      code: 'image_missing',
      why: expect.stringMatching(/missing\.txt/),
    });
  });
});
