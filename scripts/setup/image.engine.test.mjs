import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { connectEngine } from './engine-client.mjs';
import { checkAndTag } from './image.mjs';
import { imageTag } from './image-recipe.mjs';

it('an image that is half-built never gets the name, says what it lacks, and is removed', async () => {
  const engine = await connectEngine();
  const before = await engine.getImage(imageTag()).inspect();
  const half = execFileSync('docker', ['build', '--quiet', '--network', 'none', '--label', 'cavern.test=half', '-'], {
    input: `FROM ${imageTag()}\nUSER root\nRUN rm -f /usr/bin/git /usr/local/bin/git\n`,
    encoding: 'utf8',
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
  }).trim();
  const made = { id: half, engine, tag: imageTag(), progress: () => undefined };
  await expect(checkAndTag(made)).rejects.toThrow(/does not pass its check\n {2}why: .*git/);
  await expect(engine.getImage(half).inspect()).rejects.toMatchObject({ statusCode: 404 });
  expect((await engine.getImage(imageTag()).inspect()).Id).toBe(before.Id);
});
