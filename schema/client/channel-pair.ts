import type { Frame, FrameChannel } from '../frame.ts';

type Listener<T> = (value: T) => void;

/** Two ends of a connection within one process; frames arrive in a later microtask, as they would from outside. */
export function createChannelPair(): [FrameChannel, FrameChannel] {
  const frames: [Listener<Frame>[], Listener<Frame>[]] = [[], []];
  const closes: Listener<Error | undefined>[] = [];
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    for (const listener of closes) listener(undefined);
  };
  const end = (mine: 0 | 1): FrameChannel => ({
    send(frame) {
      queueMicrotask(() => {
        if (open) for (const listener of frames[mine === 0 ? 1 : 0]) listener(frame);
      });
    },
    onFrame: (listener) => void frames[mine].push(listener),
    onClose: (listener) => void closes.push(listener),
    close,
  });
  return [end(0), end(1)];
}
