import type { Areas } from '../schema/contract/areas.ts';
import type { Client } from '../schema/contract/contract.ts';
import { composeKernel } from './compose.ts';
import type { ComposeOptions } from './compose/compose-options.ts';
import { clientOf, closeFront, type Front, openFront } from './front.ts';
import { relay } from './hosts/electron/relay.ts';
import type { ServePage } from './hosts/electron/windows/window-kernel.ts';
import { connectKernelSocket, OPERATOR } from './hosts/socket/kernel-socket.ts';
import { serveChannel } from './kernel/dispatch/serve-channel.ts';

export interface WindowFrontOptions extends ComposeOptions {
  readonly signal: AbortSignal;
  readonly onViolation: (what: string) => void;
}

/** The window's front: everything that a page needs once it has painted. */
export interface WindowFront {
  /** The operator's, for what the desktop shows beside the windows. */
  readonly client: Client<Areas>;
  readonly serve: ServePage;
  /** Records what the window's host refused before it became a call. */
  recordRefusal(what: string): void;
  close(): Promise<void>;
}

function serverOf(front: Front, options: WindowFrontOptions): ServePage {
  if (front.kind === 'client') return async (page) => relay(page, await connectKernelSocket(options.home.run));
  const { dispatch } = front.kernel;
  const { onViolation } = options;
  return (channel) => {
    serveChannel({ dispatch, channel, caller: OPERATOR, onViolation });
  };
}

/** Composes the kernel of the home in this process, or finds the one that owns it. */
export async function openWindowFront(options: WindowFrontOptions): Promise<WindowFront> {
  const { home, version, signal } = options;
  const front = await openFront({ home, version, signal, compose: () => composeKernel(options) });
  if (front.kind === 'owner') void front.kernel.gateway.begin();
  return {
    client: clientOf(front),
    serve: serverOf(front, options),
    recordRefusal(what) {
      if (front.kind === 'owner') front.kernel.recordRefusal(what);
    },
    async close() {
      if (front.kind === 'owner') {
        await front.kernel.gateway[Symbol.asyncDispose]();
        front.kernel.socket.hangUp();
      }
      await closeFront(front);
    },
  };
}
