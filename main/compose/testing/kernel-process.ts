import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from '../../../schema/client/client.ts';
import { type Areas, areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import { connectKernelSocket } from '../../hosts/socket/kernel-socket.ts';
import { stopped } from '../../platform/container-engine/testing/engines.ts';

const CLI = join(import.meta.dirname, '../../../out/cli/index.js');

/** A kernel in a process of its own, that can be killed. */
export interface KernelProcess {
  readonly client: Client<Areas>;
  /** Resolves when it has ended. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export interface KernelPlace {
  readonly home: string;
  /** Of the container engine. */
  readonly socket: string;
}

/** Starts the kernel that was built last; resolves when it answers. */
export async function startKernel({ home, socket }: KernelPlace): Promise<KernelProcess> {
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, CAVERN_HOME: home };
  const child: ChildProcess = spawn(process.execPath, [CLI, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await answering(child);
    const client = createClient(areas, await connectKernelSocket(join(home, 'run')));
    return { client, end: (signal) => stopped(child, signal) };
  } catch (thrown) {
    await stopped(child, 'SIGKILL');
    throw thrown;
  }
}

/** It says its process once it answers. */
async function answering(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`The kernel did not start: ${String(code)}`)),
  );
  ended.catch(() => undefined);
  const told = once(createInterface({ input: child.stdout ?? process.stdin }), 'line');
  const [line] = await Promise.race([told, ended]);
  const { pid } = JSON.parse(String(line)) as { pid?: number }; // what `serve` prints is tested elsewhere
  if (pid !== child.pid) throw new Error(`Another kernel has answered: ${String(line)}`);
}
