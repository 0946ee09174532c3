import { findEngine } from './engine-socket.mjs';

/**
 * @typedef {import('dockerode')} Docker
 * @typedef {{ status?: string, id?: string, error?: string, stream?: string, aux?: { ID?: string } }} BuildEvent
 */

/**
 * A client of the engine that answers. dockerode comes with the npm dependencies, so it is only loaded when they are there.
 * @returns {Promise<Docker>}
 */
export async function connectEngine() {
  const { default: Docker } = await import('dockerode');
  if (/^(tcp|ssh|https?):/.test(process.env.DOCKER_HOST ?? '')) return new Docker();
  const found = await findEngine();
  if (found?.state !== 'ready') throw new Error('no container engine answers');
  return new Docker({ socketPath: found.socket });
}

/**
 * Follows a build, an import or a pull to its end.
 * @param {Docker} engine
 * @param {NodeJS.ReadableStream} stream
 * @returns {Promise<{ id: string | undefined, status: string | undefined }>} the id a build named, and the last status line, which for an import is the image's id
 * @throws {Error} what the engine said went wrong
 */
export function followBuild(engine, stream) {
  return new Promise((resolve, reject) => {
    engine.modem.followProgress(stream, (error, events) => {
      if (error) return reject(error);
      /** @type {BuildEvent[]} */
      const all = events ?? [];
      const failed = all.find((event) => event.error !== undefined);
      if (failed) return reject(new Error(failed.error));
      resolve({
        id: all.findLast((event) => event.aux?.ID)?.aux?.ID,
        status: all.findLast((event) => event.status)?.status,
      });
    });
  });
}
