import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, withScratch } from './folders.mjs';
import { connectEngine, followBuild } from './engine-client.mjs';
import { layImageContext } from './image-context.mjs';
import { imageName, imageSettings, imageTag, pinnedNodeVersion, recipeFolder } from './image-recipe.mjs';
import { makeRootfs } from './rootfs.mjs';
import { explainImageFailure, freeBytesOf, isDiskFull, requireFreeSpace } from './image-failure.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * @typedef {import('dockerode')} Docker
 * @typedef {(text: string) => void} Progress
 * @typedef {{ engine: Docker, context: string, scratch: string, labels: Record<string, string>, progress: Progress }} ImageJob
 */

const baseImage = 'debian:bookworm-slim';
const pullTimeoutMs = 300_000;

/** @type {import('./steps.mjs').Step} */
export const imageStep = {
  name: 'sandbox image',
  async done() {
    const engine = await connectEngine();
    const latest = engine.getImage(`${imageName}:latest`);
    const [own, newest] = await Promise.all([inspectOrNothing(engine.getImage(imageTag())), inspectOrNothing(latest)]);
    if (own === undefined) return false;
    if (own.Id !== newest?.Id) await engine.getImage(own.Id).tag({ repo: imageName, tag: 'latest' });
    return true;
  },
  run: makeImage,
};

/**
 * Makes the image by the Dockerfile where its base can be pulled, from Debian's packages where it cannot, checks it, and only then gives it its tags.
 * @param {Progress} progress
 * @throws {SetupError} nothing half-built stays behind
 */
export async function makeImage(progress) {
  const engine = await connectEngine();
  const tag = imageTag();
  await withScratch(async (scratch) => {
    try {
      requireFreeSpace(scratch, freeBytesOf(scratch));
      progress('Node and npm for the image');
      const context = await layImageContext({ folder: scratch, nodeVersion: pinnedNodeVersion() });
      const labels = { 'cavern.image': 'workspace', 'cavern.recipe': tag.slice(tag.indexOf(':') + 1) };
      await checkAndTag({
        id: await makeUntagged({ engine, context, scratch, labels, progress }),
        engine,
        tag,
        progress,
      });
    } catch (error) {
      throw explainImageFailure(error);
    }
  });
}

/**
 * @param {ImageJob} job
 * @returns {Promise<string>} the image's id
 */
async function makeUntagged(job) {
  try {
    return await buildFromBase(job);
  } catch (error) {
    if (isDiskFull(error) || process.platform !== 'linux') throw error;
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    job.progress(`${baseImage} cannot be used (${reason}); making it from Debian's packages`);
    return importRootfs(job);
  }
}

/** @param {ImageJob} job */
async function buildFromBase({ engine, context, labels, progress }) {
  if ((await inspectOrNothing(engine.getImage(baseImage))) === undefined) {
    progress(`pulling ${baseImage}`);
    const abortSignal = AbortSignal.timeout(pullTimeoutMs);
    await followBuild(engine, await engine.pull(baseImage, { abortSignal }));
  }
  progress('building from the Dockerfile');
  const tar = spawn('tar', ['-c', '-C', context, '.'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const build = await engine.buildImage(tar.stdout, { labels, rm: true, forcerm: true });
  const { id } = await followBuild(engine, build);
  if (id === undefined) throw new Error('the engine named no image');
  return id;
}

/** @param {ImageJob} job */
async function importRootfs({ engine, context, scratch, labels, progress }) {
  const settings = [...imageSettings, ...Object.entries(labels).map(([key, value]) => `LABEL ${key}=${value}`)];
  return makeRootfs({ folder: join(scratch, 'rootfs'), context, progress }, async (archive) => {
    progress('handing it to the engine');
    const { status } = await followBuild(engine, await engine.importImage(archive, { changes: settings }));
    if (status === undefined) throw new Error('the engine named no image');
    return status;
  });
}

/**
 * Gives an image its tags when it passes its check, and removes it when it does not: nothing half-built is ever found under the name.
 * @param {{ id: string, engine: Docker, tag: string, progress: Progress }} made
 */
export async function checkAndTag({ id, engine, tag, progress }) {
  progress('checking it');
  try {
    await checkImage(engine, id);
  } catch (error) {
    await engine
      .getImage(id)
      .remove({ force: true })
      .catch(() => undefined);
    throw error;
  }
  const digest = tag.slice(tag.indexOf(':') + 1);
  for (const name of [digest, 'latest']) await engine.getImage(id).tag({ repo: imageName, tag: name });
}

/**
 * Runs check.sh in the image as an ordinary user without network or capabilities.
 * @param {Docker} engine
 * @param {string} id
 * @throws {SetupError} with the promises the image breaks
 */
export async function checkImage(engine, id) {
  const script = readFileSync(join(recipeFolder, 'check.sh'), 'utf8');
  const container = await engine.createContainer({
    Image: id,
    Cmd: ['/bin/sh', '-c', script],
    User: '1000:1000',
    HostConfig: { NetworkMode: 'none', CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] },
  });
  try {
    await container.start();
    const { StatusCode } = await container.wait();
    if (StatusCode === 0) return;
    const logs = await container.logs({ stdout: true, stderr: true });
    throw new SetupError({
      what: 'Cannot use the sandbox image: it does not pass its check',
      why: printable(logs) || `check.sh ended with ${StatusCode}`,
      remedy: `Run it again; if it fails again, look at profiles/images/workspace in ${checkout}.`,
    });
  } finally {
    await container.remove({ force: true });
  }
}

/**
 * The text of a log stream of the engine, without its eight-byte frame headers.
 * @param {Buffer} logs
 */
function printable(logs) {
  const lines = [];
  for (let at = 0; at + 8 <= logs.length; ) {
    const length = logs.readUInt32BE(at + 4);
    lines.push(logs.toString('utf8', at + 8, at + 8 + length).trim());
    at += 8 + length;
  }
  return lines.join('; ');
}

/** @param {import('dockerode').Image} image */
async function inspectOrNothing(image) {
  return image.inspect().catch((/** @type {{ statusCode?: number }} */ error) => {
    if (error.statusCode === 404) return undefined;
    throw error;
  });
}
