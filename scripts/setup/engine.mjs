import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram, isRoot, run } from './command.mjs';
import { engineSockets, findEngine, pingSocket } from './engine-socket.mjs';
import { cacheFolder } from './folders.mjs';
import { rootCommand } from './root-command.mjs';
import { SetupError } from './setup-error.mjs';
import { ensurePackages } from './system-packages.mjs';

const startTimeoutMs = 60_000;
const pollMs = 200;
/** After our own daemon has ended, one that the package's installation started may still come up. */
const graceMs = 5_000;

/** What is written down about an engine that these scripts started, so that they can stop it. */
const recordFile = () => process.env.CAVERN_ENGINE_RECORD || join(cacheFolder(), 'engine', 'started.json');

/** @typedef {{ pid: number, socket: string }} StartedEngine */

/** @type {import('./steps.mjs').Step} */
export const engineStep = {
  name: 'container engine',
  async done() {
    if (isRemote()) return true;
    const found = await findEngine();
    if (found?.state === 'denied') throw denied(found.socket);
    return found?.state === 'ready';
  },
  run: startEngine,
};

/** An engine on another machine is the operator's affair. */
function isRemote() {
  return /^(tcp|ssh|https?|npipe):/.test(process.env.DOCKER_HOST ?? '');
}

/**
 * Installs an engine where there is none, and starts it: as a service where there is systemd, by hand where there is not.
 * @param {(text: string) => void} progress
 */
async function startEngine(progress) {
  if (process.platform !== 'linux')
    throw absent('Install Docker Desktop (or Podman Desktop), start it, and run this again.');
  await ensurePackages(['docker.io'], progress);
  const [socket = '/var/run/docker.sock'] = engineSockets();
  if (existsSync('/run/systemd/system')) {
    const asRoot = rootCommand();
    if (asRoot === undefined) throw absent('Run:  sudo systemctl enable --now docker');
    progress('systemctl start docker');
    await run(...asRoot('systemctl', ['start', 'docker']));
  } else {
    if (!isRoot()) throw absent('Run:  sudo dockerd &   (there is no systemd here to do it)');
    progress('there is no systemd here: starting dockerd by hand');
    return waitFor(socket, startDaemon(socket));
  }
  await waitFor(socket);
}

/**
 * Starts a dockerd of our own that outlives this process; its log and process id are in the cache folder.
 * @param {string} socket
 * @returns {() => boolean} whether it has ended
 */
function startDaemon(socket) {
  const folder = join(cacheFolder(), 'engine');
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, 'dockerd.log'), 'a');
  const group = hasGroup('docker') ? ['--group', 'docker'] : [];
  const extra = (process.env.CAVERN_DOCKERD_ARGS ?? '').split(' ').filter((argument) => argument !== '');
  const daemon = spawn(findProgram('dockerd') ?? 'dockerd', ['-H', `unix://${socket}`, ...group, ...extra], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  daemon.unref();
  if (daemon.pid === undefined) throw absent('Run:  dockerd   and look at what it prints.');
  /** @type {StartedEngine} */
  const started = { pid: daemon.pid, socket };
  writeFileSync(recordFile(), JSON.stringify(started));
  return () => daemon.exitCode !== null || daemon.signalCode !== null;
}

/**
 * @param {string} socket
 * @param {() => boolean} [hasEnded]
 */
async function waitFor(socket, hasEnded = () => false) {
  let deadlineMs = Date.now() + startTimeoutMs;
  while (Date.now() < deadlineMs) {
    if (hasEnded()) deadlineMs = Math.min(deadlineMs, Date.now() + graceMs);
    const state = await pingSocket(socket);
    if (state === 'ready') return;
    if (state === 'denied') throw denied(socket);
    await delay(pollMs);
  }
  const log = join(cacheFolder(), 'engine', 'dockerd.log');
  const last = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-3).join(' | ') : 'it left no log';
  throw new SetupError({
    what: `Cannot start the container engine: it does not answer on ${socket}`,
    why: last,
    remedy: `Look at ${log} (or: journalctl -u docker), and run the same command again.`,
  });
}

/**
 * Stops the engine if these scripts started it and it still runs.
 * @returns {Promise<boolean>} whether there was one to stop
 */
export async function stopStartedEngine() {
  /** @type {StartedEngine | undefined} */
  let started;
  try {
    started = JSON.parse(readFileSync(recordFile(), 'utf8'));
  } catch {
    return false;
  }
  rmSync(recordFile(), { force: true });
  if (started === undefined || !isDockerd(started.pid)) return false;
  process.kill(started.pid, 'SIGTERM');
  for (let waitedMs = 0; waitedMs < startTimeoutMs && isDockerd(started.pid); waitedMs += pollMs) await delay(pollMs);
  return true;
}

/**
 * A process id can have gone to another program meanwhile.
 * @param {number} pid
 */
function isDockerd(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'dockerd';
  } catch {
    return false;
  }
}

/** @param {string} name */
function hasGroup(name) {
  return readFileSync('/etc/group', 'utf8')
    .split('\n')
    .some((line) => line.startsWith(`${name}:`));
}

/** @param {string} socket */
function denied(socket) {
  const user = userInfo().username;
  return new SetupError({
    what: `Cannot use the container engine on ${socket}: permission denied`,
    why: `user ${user} may not write to its socket`,
    remedy: `Run:  sudo usermod -aG docker ${user}   then log out and in again (or: newgrp docker), and run the same command again.`,
  });
}

/** @param {string} remedy */
function absent(remedy) {
  return new SetupError({
    what: 'Cannot use a container engine: none is running',
    why: `nothing answers on ${engineSockets().join(', ')}`,
    remedy,
  });
}
