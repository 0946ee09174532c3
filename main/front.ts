import { setTimeout as delay } from 'node:timers/promises';
import { areas, type Areas } from '../schema/contract/areas.ts';
import { createChannelPair } from '../schema/client/channel-pair.ts';
import { createClient } from '../schema/client/client.ts';
import type { Client } from '../schema/contract/contract.ts';
import { Fault } from '../schema/fault.ts';
import type { FrameChannel } from '../schema/frame.ts';
import { connectKernelSocket, newAgent, OPERATOR } from './hosts/socket/kernel-socket.ts';
import type { Caller } from './kernel/dispatch/context.ts';
import { serveChannel } from './kernel/dispatch/serve-channel.ts';
import { needingRoom } from './kernel/changes/files/full-disk.ts';
import type { Kernel } from './compose.ts';
import { removeLeftovers } from './platform/files/leftovers.ts';
import { type HomeLock, ownerOf, takeHome } from './platform/home/home-lock.ts';
import type { Home } from './platform/home/home.ts';

/** How long a kernel that owns the home may take until its socket answers. */
const ATTACH_TIMEOUT_MS = 15_000;
const ATTACH_RETRY_MS = 50;

/** A front either owns the home's kernel, or is a client of the kernel that does. */
export type Front =
  | { readonly kind: 'owner'; readonly kernel: Kernel; readonly lock: HomeLock }
  | { readonly kind: 'client'; readonly channel: FrameChannel };

export interface FrontOptions {
  readonly home: Home;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly compose: () => Promise<Kernel>;
}

/**
 * Takes the home and composes its kernel, or attaches to the one that is there.
 * @throws Fault `version_mismatch` for a kernel of another version, `kernel_unreachable`, `disk_full`, and what composing throws
 */
export function openFront(options: FrontOptions): Promise<Front> {
  const noRoom = {
    action: 'Cannot start the kernel',
    why: `Its home, ${options.home.root}, is on a disk that has no room left.`,
    fix: 'Free some space there and try again; nothing is lost.',
  };
  return needingRoom(noRoom, () => ownOrAttach(options));
}

async function ownOrAttach(options: FrontOptions): Promise<Front> {
  const { home, version, signal } = options;
  const deadlineMs = Date.now() + ATTACH_TIMEOUT_MS;
  for (;;) {
    signal.throwIfAborted();
    const lock = takeHome(home.run, { pid: process.pid, version });
    if (lock) {
      void removeLeftovers(home);
      try {
        return { kind: 'owner', kernel: await options.compose(), lock };
      } catch (thrown) {
        lock[Symbol.dispose]();
        throw thrown;
      }
    }
    try {
      const channel = await connectKernelSocket(home.run);
      await checkVersion(channel, version);
      return { kind: 'client', channel };
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'version_mismatch') throw thrown;
      if (Date.now() > deadlineMs) throw unreachable(home, thrown);
    }
    await delay(ATTACH_RETRY_MS);
  }
}

async function checkVersion(channel: FrameChannel, version: string): Promise<void> {
  const { cavern } = await createClient(areas, channel).app.version({});
  if (cavern === version) return;
  channel.close();
  throw new Fault('version_mismatch', 'Cannot attach to the running kernel: it is of another version', {
    why: `The kernel is ${cavern}, this front is ${version}.`,
    fix: 'Close the other one, or use the same version.',
  });
}

function unreachable(home: Home, cause: unknown): Fault {
  const owner = ownerOf(home.run);
  return new Fault('kernel_unreachable', 'Cannot reach the kernel of this home: it does not answer', {
    cause,
    why: owner
      ? `Process ${owner.pid} (version ${owner.version}) owns ${home.root}.`
      : `Another process owns ${home.root}.`,
    fix: 'End that process, or name another home with --home.',
  });
}

/** A client of a front, whichever kind it is. Its calls are the operator's. */
export function clientOf(front: Front): Client<Areas> {
  return front.kind === 'client' ? createClient(areas, front.channel) : ownClient(front.kernel, OPERATOR);
}

/** A client whose calls are those of an agent, another one each time. It ends with the front. */
export async function agentClientOf(front: Front, { run }: Home): Promise<Client<Areas>> {
  if (front.kind === 'owner') return ownClient(front.kernel, newAgent());
  const channel = await connectKernelSocket(run, 'agent');
  front.channel.onClose(() => channel.close());
  return createClient(areas, channel);
}

function ownClient({ dispatch }: Kernel, caller: Caller): Client<Areas> {
  const [near, far] = createChannelPair();
  serveChannel({ dispatch, channel: far, caller });
  return createClient(areas, near);
}

/** Ends a front: a kernel waits for the other fronts that use it, then stops; a client only hangs up. */
export async function closeFront(front: Front): Promise<void> {
  if (front.kind === 'client') return front.channel.close();
  await front.kernel.socket.idle();
  await front.kernel[Symbol.asyncDispose]();
  front.lock[Symbol.dispose]();
}
