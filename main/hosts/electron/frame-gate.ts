import type { IpcMainEvent } from 'electron';
import { carriedBytes } from '../../../schema/byte-frame.ts';
import type { Frame, FrameChannel } from '../../../schema/frame.ts';
import { frameProblem } from '../../../schema/frame-check.ts';
import { releaseBytes } from '../../base/release-bytes.ts';

/** The two fixed channels of the preload bridge. */
const FROM_WINDOW = 'cavern:frame';
const TO_WINDOW = 'cavern:frames';
const EARLY_LIMIT_FRAMES = 256;
/** Frames of this size together are one message: past 64 KiB Chromium gives a message memory of its own, which is slow. */
const BATCH_BYTES = 62 * 1024;
/** What a frame takes beside its text or bytes, or without them. */
const FRAME_BYTES = 256;

interface WindowContents {
  send(channel: string, frames: readonly Frame[]): void;
  isDestroyed(): boolean;
  readonly ipc: {
    on(channel: string, listener: (event: IpcMainEvent, frame: unknown) => void): unknown;
    removeAllListeners(channel: string): unknown;
  };
}

export interface FrameGateOptions {
  readonly contents: WindowContents;
  /** True for the page that the window was made for; everything else is refused. */
  readonly isTrusted: (url: string) => boolean;
  readonly onViolation: (what: string) => void;
  /** The page asks for something, for the first time. */
  readonly onFirstFrame: () => void;
}

/** A window as a frame channel: its sender is checked, its frames are checked, what goes out is sent in batches. */
export function windowChannel(options: FrameGateOptions): FrameChannel & { disconnect(): void } {
  const { contents } = options;
  const listeners: ((frame: Frame) => void)[] = [];
  const closers: (() => void)[] = [];
  /** What the page sent before anybody listened: the kernel may still be starting. */
  const early: Frame[] = [];
  let outgoing: Frame[] = [];
  let open = true;
  let asked = false;

  contents.ipc.on(FROM_WINDOW, (event, frame) => {
    if (!open) return;
    if (!options.isTrusted(event.senderFrame?.url ?? ''))
      return options.onViolation('a frame from a page that is not ours');
    const problem = frameProblem(frame);
    if (problem !== undefined) return options.onViolation(`a frame that is not of the schema: ${problem}`);
    // frameProblem has checked every field of the schema.
    const checked = frame as Frame;
    if (listeners.length === 0 && early.length < EARLY_LIMIT_FRAMES) early.push(checked);
    for (const listener of listeners) listener(checked);
    if (!asked) {
      asked = true;
      options.onFirstFrame();
    }
  });

  const flush = (): void => {
    const frames = outgoing;
    outgoing = [];
    if (!open || contents.isDestroyed()) return;
    for (const batch of batchesOf(frames)) contents.send(TO_WINDOW, batch);
    // Each is on its way as a copy.
    for (const frame of frames) {
      const bytes = carriedBytes(frame);
      if (bytes !== undefined) releaseBytes(bytes);
    }
  };

  const disconnect = (): void => {
    if (!open) return;
    open = false;
    for (const closer of closers) closer();
    if (!contents.isDestroyed()) contents.ipc.removeAllListeners(FROM_WINDOW);
  };

  return {
    send(frame) {
      if (outgoing.length === 0) setImmediate(flush);
      outgoing.push(frame);
    },
    onFrame(listener) {
      listeners.push(listener);
      for (const frame of early.splice(0)) listener(frame);
    },
    onClose: (listener) => void closers.push(() => listener()),
    close: disconnect,
    disconnect,
  };
}

/** In order; a frame that is larger by itself is alone. */
function batchesOf(frames: readonly Frame[]): Frame[][] {
  const batches: Frame[][] = [];
  let room = 0;
  for (const frame of frames) {
    const size = FRAME_BYTES + outputBytes(frame);
    const last = batches.at(-1);
    if (last !== undefined && size <= room) last.push(frame);
    else {
      batches.push([frame]);
      room = BATCH_BYTES;
    }
    room -= size;
  }
  return batches;
}

/** Of what a terminal printed: little else is large and comes often. */
function outputBytes({ params }: Frame): number {
  if (typeof params !== 'object' || params === null) return 0;
  if ('bytes' in params) return params.bytes instanceof Uint8Array ? params.bytes.length : 0;
  return 'text' in params && typeof params.text === 'string' ? 2 * params.text.length : 0;
}
