import { join } from 'node:path';
import type { FrameChannel } from '../../../schema/frame.ts';
import type { FrameViolation } from '../../../schema/frame-codec.ts';
import { newId } from '../../base/id.ts';
import { AGENT_TAG, type Caller } from '../../kernel/dispatch/context.ts';
import { type ServeOptions, serveChannel } from '../../kernel/dispatch/serve-channel.ts';
import { type FramedListener, connectFramed, listenFramed } from '../../platform/framed-socket/framed-socket.ts';
import type { Peer } from '../../platform/framed-socket/peer-credentials.ts';

/** The operator, as the operating system vouches for them: the same user as the kernel. */
export const OPERATOR: Caller = { actor: 'operator', tags: ['operator'], containerId: '', peerPid: 0 };

/** One program that a model steers: it has a door of its own, and each connection is another caller. */
export function newAgent(): Caller {
  return { actor: `agent:${newId()}`, tags: [AGENT_TAG], containerId: '', peerPid: 0 };
}

/** Who calls is known by the door that the call comes through. */
const DOORS = {
  agent: { socket: 'agents.sock', caller: newAgent },
  // The last: whoever finds it open finds the other one, too.
  operator: { socket: 'kernel.sock', caller: () => OPERATOR },
} as const;
export type Door = keyof typeof DOORS;

export interface KernelSocket extends AsyncDisposable {
  readonly path: string;
  /** Resolves when no client is connected any more. */
  idle(): Promise<void>;
  /** Ends every connection. */
  hangUp(): void;
}

export interface KernelSocketOptions {
  readonly runFolder: string;
  readonly dispatch: ServeOptions['dispatch'];
  readonly onViolation: (what: string) => void;
}

/** Serves the contract on `<home>/run/kernel.sock`, and to agents on `agents.sock` beside it, to this user's processes only. */
export async function serveKernelSocket(options: KernelSocketOptions): Promise<KernelSocket> {
  const channels = new Set<FrameChannel>();
  let idle: (() => void)[] = [];
  const uid = process.getuid?.();
  const onChannel =
    (caller: () => Caller) =>
    (channel: FrameChannel, peer: Peer | undefined): void => {
      if (peer !== undefined && uid !== undefined && peer.uid !== uid) {
        options.onViolation(`a connection of user ${peer.uid}`);
        return channel.close();
      }
      channels.add(channel);
      channel.onClose(() => {
        channels.delete(channel);
        if (channels.size > 0) return;
        for (const wake of idle) wake();
        idle = [];
      });
      serveChannel({ ...options, channel, caller: { ...caller(), peerPid: peer?.pid ?? 0 } });
    };
  const onViolation = ({ message }: FrameViolation): void => options.onViolation(`a malformed frame: ${message}`);
  const listeners: FramedListener[] = [];
  const close = async (): Promise<void> => {
    for (const listener of listeners) await listener[Symbol.asyncDispose]();
  };
  try {
    for (const { socket, caller } of Object.values(DOORS)) {
      const listening = { mode: 0o600, onChannel: onChannel(caller), onViolation };
      listeners.push(await listenFramed(options.runFolder, socket, listening));
    }
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const hangUp = (): void => {
    for (const channel of channels) channel.close();
  };
  return {
    path: join(options.runFolder, DOORS.operator.socket),
    idle: () => (channels.size === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
    hangUp,
    async [Symbol.asyncDispose]() {
      hangUp();
      await close();
    },
  };
}

/** Connects to the kernel that owns the home; as the operator, or as an agent. */
export function connectKernelSocket(runFolder: string, door: Door = 'operator'): Promise<FrameChannel> {
  return connectFramed(join(runFolder, DOORS[door].socket));
}
