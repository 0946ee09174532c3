import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
}

export type EngineName = 'docker' | 'podman';

export const DOCKER_SOCKET = (process.env['DOCKER_HOST'] ?? '/var/run/docker.sock').replace(/^unix:\/\//, '');

/** Those that this machine can run: Docker's socket must answer, Podman must be installed and be run by root. */
export function presentEngines(): readonly EngineName[] {
  const podman = process.getuid?.() === 0 && isOnPath('podman') ? (['podman'] as const) : [];
  return ['docker', ...podman];
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

/** Podman 4 with runc; without the limits its containers do not start where the service may not raise its own. */
const CONTAINERS_CONF = `[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
[containers]
default_ulimits=["nofile=1024:4096","nproc=4096:8192"]
`;

/** A service of its own, with everything that it keeps in one folder, and the image out of Docker. */
async function openPodman(): Promise<TestEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-podman-'));
  const socket = join(folder, 'podman.sock');
  await writeFile(join(folder, 'containers.conf'), CONTAINERS_CONF);
  const at = (name: string): string => join(folder, name);
  const service = spawn(
    'podman',
    [
      '--root',
      at('root'),
      '--runroot',
      at('run'),
      '--tmpdir',
      at('tmp'),
      'system',
      'service',
      '--time',
      '0',
      `unix://${socket}`,
    ],
    // Its monitors leave a file where they were started when a container runs out of memory.
    { cwd: folder, env: { ...process.env, CONTAINERS_CONF: at('containers.conf') }, stdio: 'ignore' },
  );
  const dispose = async (): Promise<void> => {
    await stopped(service);
    for (const point of await mountsBelow(folder)) linuxCalls().unmount(point);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const engine = await answering(socket, folder);
    await loadImage(socket);
    return { socket, engine, scratchFolder: folder, [Symbol.asyncDispose]: dispose };
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
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
export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
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
