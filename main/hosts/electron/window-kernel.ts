import type { WebContents } from 'electron';
import { Fault, toFault } from '../../../schema/fault.ts';
import type { FrameChannel } from '../../../schema/frame.ts';
import type { ServeOptions } from '../../kernel/dispatch/serve-channel.ts';
import { serveChannel } from '../../kernel/dispatch/serve-channel.ts';
import { OPERATOR } from '../socket/kernel-socket.ts';
import { windowChannel } from './frame-gate.ts';
import { isOurPage } from './window.ts';

/** Where a window's frames go: to the kernel in this process, or over a socket to the kernel that owns the home. */
export type WindowTarget =
  | {
      readonly kind: 'kernel';
      readonly dispatch: ServeOptions['dispatch'];
      readonly onViolation: (what: string) => void;
    }
  | { readonly kind: 'socket'; readonly connect: () => Promise<FrameChannel> };

function relay(page: FrameChannel, kernel: FrameChannel): void {
  page.onFrame((frame) => void kernel.send(frame));
  kernel.onFrame((frame) => void page.send(frame));
  page.onClose(() => kernel.close());
  kernel.onClose(() => page.close());
}

/** There is no kernel: every request is answered with why, so that the page can show it. */
function refuseAll(page: FrameChannel, fault: Fault): void {
  page.onFrame((frame) => {
    if (frame.type === 'request') void page.send({ id: frame.id, type: 'response', error: fault.toShape() });
  });
}

function serveTarget(page: FrameChannel, target: WindowTarget): Promise<void> | void {
  if (target.kind === 'socket') return target.connect().then((kernel) => relay(page, kernel));
  serveChannel({ dispatch: target.dispatch, channel: page, caller: OPERATOR, onViolation: target.onViolation });
}

/**
 * Connects a window's page with its kernel, again after every load: what an earlier page had under way is cancelled.
 * Frames that come while the kernel still starts wait for it.
 */
export function attachWindow(
  contents: WebContents,
  target: Promise<WindowTarget>,
  onViolation: (what: string) => void,
): void {
  let page: ReturnType<typeof windowChannel> | undefined;
  const connect = (): void => {
    page?.disconnect();
    const channel = windowChannel({ contents, isTrusted: isOurPage, onViolation });
    page = channel;
    target
      .then((found) => serveTarget(channel, found))
      .catch((thrown: unknown) => refuseAll(channel, startFault(thrown)));
  };
  contents.on('did-start-navigation', (event) => {
    if (event.isMainFrame && !event.isSameDocument) connect();
  });
  contents.on('destroyed', () => page?.disconnect());
}

function startFault(thrown: unknown): Fault {
  const fault = toFault(thrown);
  if (fault.code !== 'internal') return fault;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault('kernel_failed', 'Cannot start the kernel', { why, fix: 'See logs/kernel.log in the home folder.' });
}
