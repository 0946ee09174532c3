import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { FROM_WINDOW, TO_WINDOW, type Bridge, type PostedFrames } from '../schema/bridge.ts';

const bridge: Bridge = {
  send: (frame) => ipcRenderer.send(FROM_WINDOW, frame),
  // Throws for anything but a file; the page's wrong guess is no path.
  pathOf: (file) => webUtils.getPathForFile(file as File),
};

ipcRenderer.on(TO_WINDOW, (_event, frames: readonly unknown[]) => {
  const posted: PostedFrames = { channel: TO_WINDOW, frames };
  window.postMessage(posted, window.location.origin, [...new Set(frames.flatMap(memoryOf))]);
});

contextBridge.exposeInMainWorld('cavern', bridge);

/** What a terminal printed is handed over as it is, not copied. */
function memoryOf(frame: unknown): ArrayBuffer[] {
  const { params }: { params?: unknown } = Object(frame);
  const { bytes }: { bytes?: unknown } = Object(params);
  return bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}
