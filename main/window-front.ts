import { composeKernel } from './compose.ts';
import type { ComposeOptions } from './compose/compose-options.ts';
import { clientOf, closeFront, type Front, openFront } from './front.ts';
import { type ApprovalNoticesOptions, noticeApprovals } from './hosts/electron/approval-notices.ts';
import { relay } from './hosts/electron/relay.ts';
import type { ServePage } from './hosts/electron/window-kernel.ts';
import { connectKernelSocket, OPERATOR } from './hosts/socket/kernel-socket.ts';
import { serveChannel } from './kernel/dispatch/serve-channel.ts';

export interface WindowFrontOptions extends ComposeOptions {
  readonly signal: AbortSignal;
  readonly onViolation: (what: string) => void;
  /** Where a person is told of questions while the window is out of sight; absent where the desktop shows no notices. */
  readonly desktop?: Omit<ApprovalNoticesOptions, 'questions'>;
}

/** The window's front: everything that a page needs once it has painted. */
export interface WindowFront {
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

function tellDesktop(front: Front, { desktop, signal, logger }: WindowFrontOptions): void {
  if (desktop === undefined) return;
  const questions = clientOf(front).approval.watch({}, { signal });
  noticeApprovals({ ...desktop, questions }).catch((thrown: unknown) => {
    if (!signal.aborted) logger.warn('questions are no longer told to the desktop', { thrown });
  });
}

/** Composes the kernel of the home in this process, or finds the one that owns it. */
export async function openWindowFront(options: WindowFrontOptions): Promise<WindowFront> {
  const { home, version, signal } = options;
  const front = await openFront({ home, version, signal, compose: () => composeKernel(options) });
  tellDesktop(front, options);
  if (front.kind === 'owner') void front.kernel.gateway.begin();
  return {
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
