import { join } from 'node:path';
import type { FrameChannel } from '../../../schema/frame.ts';
import type { Caller } from '../../kernel/dispatch/context.ts';
import { type ServeOptions, serveChannel } from '../../kernel/dispatch/serve-channel.ts';
import { type FramedListener, connectFramed, listenFramed } from '../../platform/framed-socket/framed-socket.ts';

const SOCKET_NAME = 'kernel.sock';

/** The operator, as the operating system vouches for them: the same user as the kernel. */
export const OPERATOR: Caller = { actor: 'operator', tags: ['operator'], containerId: '', peerPid: 0 };

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

/** Serves the contract on `<home>/run/kernel.sock`, to this user's processes only. */
export async function serveKernelSocket(options: KernelSocketOptions): Promise<KernelSocket> {
  const channels = new Set<FrameChannel>();
  let idle: (() => void)[] = [];
  const uid = process.getuid?.();
  const listener: FramedListener = await listenFramed(options.runFolder, SOCKET_NAME, {
    mode: 0o600,
    onChannel(channel, peer) {
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
      serveChannel({ ...options, channel, caller: { ...OPERATOR, peerPid: peer?.pid ?? 0 } });
    },
    onViolation: (violation) => options.onViolation(`a malformed frame: ${violation.message}`),
  });
  const hangUp = (): void => {
    for (const channel of channels) channel.close();
  };
  return {
    path: join(options.runFolder, SOCKET_NAME),
    idle: () => (channels.size === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
    hangUp,
    async [Symbol.asyncDispose]() {
      hangUp();
      await listener[Symbol.asyncDispose]();
    },
  };
}

/** Connects to the kernel that owns the home. */
export function connectKernelSocket(runFolder: string): Promise<FrameChannel> {
  return connectFramed(join(runFolder, SOCKET_NAME));
}
