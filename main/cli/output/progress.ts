const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const CLEAR_LINE = '\r\u001b[K';

/** One line that says what is waited for. Whatever else is printed clears it first. */
export interface Progress {
  say(text: string): void;
  clear(): void;
}

const SILENT: Progress = { say: () => undefined, clear: () => undefined };

/** A spinner where a person sits before the stream, and nothing at all anywhere else. What takes less than a frame is never seen. */
export function progressOn(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write' | 'columns'>): Progress {
  if (!stream.isTTY) return SILENT;
  let timer: NodeJS.Timeout | undefined;
  let text = '';
  let frame = 0;
  const draw = (): void => {
    frame += 1;
    const line = `${FRAMES[frame % FRAMES.length]} ${text}`.slice(0, Math.max(1, (stream.columns || 80) - 1));
    stream.write(`${CLEAR_LINE}${line}`);
  };
  return {
    say(next) {
      text = next;
      timer ??= setInterval(draw, FRAME_MS).unref();
    },
    clear() {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      if (frame > 0) stream.write(CLEAR_LINE);
      frame = 0;
    },
  };
}
