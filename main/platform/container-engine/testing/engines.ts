import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { linuxCalls } from '../../workspace-layer/linux-calls.ts';
import { mountsBelow } from '../../workspace-layer/mount-table.ts';
import { ApiEngine } from '../api-engine.ts';

export const TEST_IMAGE = 'cavern/workspace:latest';

/** An engine of this machine, ready to run containers of the workspace's image. */
export interface TestEngine extends AsyncDisposable {
  readonly socket: string;
  readonly engine: ApiEngine;
  readonly scratchFolder: string;
  /** Kills the engine without notice and starts it again; only where it is the test's own. */
  readonly crash?: () => Promise<void>;
}

export type EngineName = 'docker' | 'podman';

export const DOCKER_SOCKET = (process.env['DOCKER_HOST'] ?? '/var/run/docker.sock').replace(/^unix:\/\//, '');

/** Why Podman is not tested on this machine; set by `podman-check.ts` before the tests. */
export const PODMAN_REFUSAL = 'CAVERN_PODMAN_REFUSAL';

/** Those that this machine can run: Docker's socket must answer; Podman must be installed, be run by root, and run a container. */
export function presentEngines(): readonly EngineName[] {
  const isThere = process.getuid?.() === 0 && isOnPath('podman') && process.env[PODMAN_REFUSAL] === undefined;
  return isThere ? ['docker', 'podman'] : ['docker'];
}

export async function openEngine(name: EngineName): Promise<TestEngine> {
  return name === 'docker' ? openDocker() : openPodman();
}

async function openDocker(): Promise<TestEngine> {
  const scratchFolder = await mkdtemp(join(tmpdir(), 'cavern-docker-'));
  const engine = await ApiEngine.connect(DOCKER_SOCKET, scratchFolder);
  const remove = (): Promise<void> => rm(scratchFolder, { recursive: true, force: true });
  return { socket: DOCKER_SOCKET, engine, scratchFolder, [Symbol.asyncDispose]: remove };
}

const TRY_LIMIT_MS = 60_000;

/** Podman 4 with runc; without the limits its containers do not start where the service may not raise its own. */
const CONTAINERS_CONF = `[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
[containers]
default_ulimits=["nofile=1024:4096","nproc=4096:8192"]
`;

/** A registry of a test speaks no TLS; Docker allows that on the loopback by itself. */
const REGISTRIES_CONF = `[[registry]]
location = "127.0.0.1"
insecure = true
`;

/** A service of its own, with everything that it keeps in one folder, and the image out of Docker. */
async function openPodman(): Promise<TestEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-podman-'));
  let service: ChildProcess | undefined;
  const dispose = async (): Promise<void> => {
    if (service) await stopped(service);
    await removeWithMounts(folder);
  };
  try {
    const images = await podmanImages();
    service = await startPodman(folder, images);
    const socket = podmanSocket(folder);
    const engine = await answering(socket, folder);
    const crash = async (): Promise<void> => {
      if (service) await stopped(service, 'SIGKILL');
      service = await startPodman(folder, images);
      await answering(socket, folder);
    };
    return { socket, engine, scratchFolder: folder, crash, [Symbol.asyncDispose]: dispose };
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}

export function podmanSocket(folder: string): string {
  return join(folder, 'podman.sock');
}

/** Runs a container that does nothing. */
export async function tryPodman(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-podman-'));
  try {
    const { argv, env } = await podman(folder);
    const store = storeOptions(await podmanImages());
    const run = [...argv, ...store, 'run', '--rm', '--network', 'none', TEST_IMAGE, 'true'];
    await promisify(execFile)('podman', run, { cwd: folder, env, timeout: TRY_LIMIT_MS, killSignal: 'SIGKILL' });
  } finally {
    await removeWithMounts(folder);
  }
}

function storeOptions(images: string): readonly string[] {
  return ['--storage-driver', 'overlay', '--storage-opt', `additionalimagestore=${images}`];
}

/** Starts Podman's service on what lies in `folder`, which it makes where it is empty. */
export async function startPodman(folder: string, images: string): Promise<ChildProcess> {
  const { argv, env } = await podman(folder);
  // Its monitors leave a file where they were started when a container runs out of memory.
  const service = [...storeOptions(images), 'system', 'service', '--time', '0', `unix://${podmanSocket(folder)}`];
  return spawn('podman', [...argv, ...service], { cwd: folder, env, stdio: 'ignore' });
}

/** `folder` is for what runs: Podman refuses a long path there. `root` keeps images and containers. */
async function podman(
  folder: string,
  root = join(folder, 'root'),
): Promise<{ argv: readonly string[]; env: NodeJS.ProcessEnv }> {
  const at = (name: string): string => join(folder, name);
  await writeFile(at('containers.conf'), CONTAINERS_CONF);
  await writeFile(at('registries.conf'), REGISTRIES_CONF);
  const argv = ['--root', root, '--runroot', at('run'), '--tmpdir', at('tmp')];
  return {
    argv,
    env: { ...process.env, CONTAINERS_CONF: at('containers.conf'), CONTAINERS_REGISTRIES_CONF: at('registries.conf') },
  };
}

/**
 * A store with the image that Docker has, for services to read from. Loading it takes half a minute, so it is kept for the next run;
 * one of another image is removed.
 */
export async function podmanImages(): Promise<string> {
  const { Id } = await new Docker({ socketPath: DOCKER_SOCKET }).getImage(TEST_IMAGE).inspect();
  const cache =
    process.env['CAVERN_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'cavern');
  const stores = join(cache, 'podman-images');
  await mkdir(stores, { recursive: true });
  const name = Id.replace(/^sha256:/, '').slice(0, 16);
  const kept = await readdir(stores);
  if (!kept.includes(name)) {
    for (const old of kept.filter((each) => !each.startsWith('new-'))) await removeWithMounts(join(stores, old));
    await makeStore(stores, name);
  }
  return join(stores, name);
}

async function makeStore(stores: string, name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-podman-'));
  const store = await mkdtemp(join(stores, 'new-'));
  try {
    const { argv, env } = await podman(folder, store);
    const image = await new Docker({ socketPath: DOCKER_SOCKET }).getImage(TEST_IMAGE).get();
    const loading = spawn('podman', [...argv, '--storage-driver', 'overlay', 'load', '--quiet'], {
      cwd: folder,
      env,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const ended = once(loading, 'exit');
    // What it says of its own end is better than that it no longer reads.
    const [[code]] = await Promise.all([ended, pipeline(image, loading.stdin).catch(() => undefined)]);
    if (code !== 0) throw new Error(`podman load ended with ${String(code)}`);
    for (const point of await mountsBelow(store)) linuxCalls().unmount(point);
    // Another run may have been quicker.
    await rename(store, join(stores, name)).catch(() => undefined);
  } finally {
    await removeWithMounts(store);
    await removeWithMounts(folder);
  }
}

async function removeWithMounts(folder: string): Promise<void> {
  for (const point of await mountsBelow(folder)) linuxCalls().unmount(point);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** The engine, once it answers. */
export async function answering(socket: string, scratchFolder: string): Promise<ApiEngine> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ApiEngine.connect(socket, scratchFolder);
    } catch (thrown) {
      if (attempt === 300) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Gives an engine the image that Docker has. */
export async function loadImage(socket: string): Promise<void> {
  const archive = await new Docker({ socketPath: DOCKER_SOCKET }).getImage(TEST_IMAGE).get();
  const answer = await new Docker({ socketPath: socket }).loadImage(archive);
  answer.resume();
  await once(answer, 'end');
}

/** Ends a process and waits for it. */
export async function stopped(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

export function isOnPath(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
