import type { WebContents } from 'electron';
import { Fault, toFault } from '../../../../schema/fault.ts';
import type { FrameChannel } from '../../../../schema/frame.ts';
import { windowChannel } from '../frame-gate.ts';
import { isOurPage } from './window.ts';

/** Answers a page's frames from now on. */
export type ServePage = (page: FrameChannel) => void | Promise<void>;

export interface WindowKernelOptions {
  readonly contents: WebContents;
  /** Finds or starts the kernel; called when the page first asks for something, so that the page paints before. */
  readonly open: () => Promise<ServePage>;
  /** Where a failure of the start is written down. */
  readonly logFile: string;
  readonly onViolation: (what: string) => void;
}

/** There is no kernel: every request is answered with why, so that the page can show it. */
function refuseAll(page: FrameChannel, fault: Fault): void {
  page.onFrame((frame) => {
    if (frame.type === 'request') void page.send({ id: frame.id, type: 'response', error: fault.toShape() });
  });
}

/**
 * Connects a window's page with its kernel, again after every load: what an earlier page had under way is cancelled.
 * Frames that come while the kernel still starts wait for it.
 */
export function attachWindow({ contents, open, logFile, onViolation }: WindowKernelOptions): void {
  let page: ReturnType<typeof windowChannel> | undefined;
  const connect = (): void => {
    page?.disconnect();
    const channel = windowChannel({
      contents,
      isTrusted: isOurPage,
      onViolation,
      onFirstFrame() {
        open()
          .then((serve) => serve(channel))
          .catch((thrown: unknown) => refuseAll(channel, startFault(thrown, logFile)));
      },
    });
    page = channel;
  };
  contents.on('did-start-navigation', (event) => {
    if (event.isMainFrame && !event.isSameDocument) connect();
  });
  contents.on('destroyed', () => page?.disconnect());
}

function startFault(thrown: unknown, logFile: string): Fault {
  const fault = toFault(thrown);
  if (fault.code !== 'internal') return fault;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault('kernel_failed', 'Cannot start the kernel', { why, fix: `What led to it is in ${logFile}.` });
}
