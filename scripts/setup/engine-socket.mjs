import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';

/**
 * @typedef {'ready' | 'denied' | 'absent'} SocketState `denied` is an engine this user may not talk to
 * @typedef {{ socket: string, state: SocketState }} FoundSocket
 */

const pingTimeoutMs = 5_000;

/**
 * The engine sockets to try, best first. DOCKER_HOST, where it names a socket, is the only one: the operator has chosen.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]}
 */
export function engineSockets(env = process.env) {
  if (env.DOCKER_HOST?.startsWith('unix://')) return [env.DOCKER_HOST.slice('unix://'.length)];
  const own = env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'docker.sock')] : [];
  const ownPodman = env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'podman', 'podman.sock')] : [];
  return ['/var/run/docker.sock', ...own, ...ownPodman, '/run/podman/podman.sock'];
}

/**
 * The first engine that answers; otherwise the first that refuses this user; otherwise undefined.
 * @param {readonly string[]} [sockets]
 * @returns {Promise<FoundSocket | undefined>}
 */
export async function findEngine(sockets = engineSockets()) {
  /** @type {FoundSocket | undefined} */
  let denied;
  for (const socket of sockets) {
    const state = await pingSocket(socket);
    if (state === 'ready') return { socket, state };
    if (state === 'denied') denied ??= { socket, state };
  }
  return denied;
}

/**
 * @param {string} socket
 * @returns {Promise<SocketState>}
 */
export function pingSocket(socket) {
  return new Promise((resolve) => {
    const ping = request({
      path: '/_ping',
      headers: { host: 'engine' },
      timeout: pingTimeoutMs,
      createConnection: () => connect(socket),
    });
    ping.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? 'ready' : 'absent');
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', (error) => resolve('code' in error && error.code === 'EACCES' ? 'denied' : 'absent'));
    ping.end();
  });
}
