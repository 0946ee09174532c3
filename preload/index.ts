import { contextBridge, ipcRenderer } from 'electron';
import { FROM_WINDOW, TO_WINDOW, type Bridge } from '../schema/bridge.ts';

const bridge: Bridge = {
  send: (frame) => ipcRenderer.send(FROM_WINDOW, frame),
  onFrame(listener) {
    ipcRenderer.on(TO_WINDOW, (_event, frames: readonly unknown[]) => {
      for (const frame of frames) listener(frame);
    });
  },
};

contextBridge.exposeInMainWorld('cavern', bridge);
