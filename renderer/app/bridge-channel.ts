import type { Bridge } from '../../schema/bridge.ts';
import type { Frame, FrameChannel } from '../../schema/frame.ts';

declare global {
  interface Window {
    readonly cavern: Bridge;
  }
}

/** The channel that the preload script opened. It lives as long as the page, so it never closes by itself. */
export function bridgeChannel(bridge: Bridge): FrameChannel {
  return {
    send: (frame) => bridge.send(frame),
    // The kernel validates what it sends; the window trusts its own kernel.
    onFrame: (listener) => bridge.onFrame((frame) => listener(frame as Frame)),
    onClose: () => undefined,
    close: () => undefined,
  };
}
