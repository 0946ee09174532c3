import { type Bridge, type PostedFrames, TO_WINDOW } from '../../schema/bridge.ts';
import type { Frame, FrameChannel } from '../../schema/frame.ts';

declare global {
  interface Window {
    readonly cavern: Bridge;
  }
}

/**
 * The channel that the preload script opened. It lives as long as the page, so it never closes by itself. What is sent before `open`
 * resolves waits for it: the first frame to the kernel starts the kernel, and the window paints before.
 */
export function bridgeChannel(bridge: Bridge, open: Promise<void>): FrameChannel {
  let waiting: Frame[] | undefined = [];
  void open.then(() => {
    for (const frame of waiting ?? []) bridge.send(frame);
    waiting = undefined;
  });
  return {
    send: (frame) => (waiting === undefined ? bridge.send(frame) : void waiting.push(frame)),
    onFrame(listener) {
      window.addEventListener('message', (event) => {
        // The kernel validates what it sends; the window trusts its own kernel.
        for (const frame of postedFrames(event)) listener(frame as Frame);
      });
    },
    onClose: () => undefined,
    close: () => undefined,
  };
}

/** What the preload script posted; nothing of any other message. */
function postedFrames({ source, data }: MessageEvent<unknown>): readonly unknown[] {
  if (source !== window) return [];
  const { channel, frames }: Partial<PostedFrames> = Object(data);
  return channel === TO_WINDOW && Array.isArray(frames) ? frames : [];
}
