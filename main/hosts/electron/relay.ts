import { Fault } from '../../../schema/fault.ts';
import type { FrameChannel } from '../../../schema/frame.ts';

/**
 * Moves frames between a page and a kernel in another process. A page cannot be closed by its host: once the kernel is
 * gone, what the page asked and what it asks from then on is answered with `disconnected`.
 */
export function relay(page: FrameChannel, kernel: FrameChannel): void {
  const waiting = new Set<string>();
  let gone = false;
  const answerGone = (id: string): void => void page.send({ id, type: 'response', error: kernelGone().toShape() });
  page.onFrame((frame) => {
    if (!gone) void kernel.send(frame);
    if (frame.type !== 'request') return;
    if (gone) answerGone(frame.id);
    else waiting.add(frame.id);
  });
  kernel.onFrame((frame) => {
    if (frame.type === 'response') waiting.delete(frame.id);
    void page.send(frame);
  });
  page.onClose(() => kernel.close());
  kernel.onClose(() => {
    gone = true;
    for (const id of waiting) answerGone(id);
    waiting.clear();
  });
}

function kernelGone(): Fault {
  return new Fault('disconnected', 'Cannot reach the kernel: the process that ran it has ended', {
    why: 'This window showed the kernel of another process, such as `cavern serve`.',
    fix: 'Close this window and open Cavern again; it starts a kernel of its own when none runs.',
    retryable: true,
  });
}
