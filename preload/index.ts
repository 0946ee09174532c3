import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { FROM_WINDOW, TO_WINDOW, type Bridge } from '../schema/bridge.ts';

const bridge: Bridge = {
  send: (frame) => ipcRenderer.send(FROM_WINDOW, frame),
  onFrame(listener) {
    ipcRenderer.on(TO_WINDOW, (_event, frames: readonly unknown[]) => {
      for (const frame of frames) listener(frame);
    });
  },
  // Throws for anything but a file; the page's wrong guess is no path.
  pathOf: (file) => webUtils.getPathForFile(file as File),
};

contextBridge.exposeInMainWorld('cavern', bridge);
