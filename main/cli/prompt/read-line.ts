import { createInterface } from 'node:readline/promises';

export interface LineOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly prompt: string;
  /** The newest first. */
  readonly history?: readonly string[];
  /** What may stand at the end of a line, and which part of it that takes the place of. */
  readonly complete?: (line: string) => Promise<[words: string[], part: string]>;
  readonly signal: AbortSignal;
}

/**
 * One line from a terminal, with editing, history and completion; `null` when whoever types has left with Ctrl-D, and
 * `undefined` when the line was given up with Ctrl-C. The terminal is the reader's own only until the line is there: in
 * between Ctrl-C is a signal and keys belong to the command that runs.
 */
export function readLine(options: LineOptions): Promise<string | null | undefined> {
  const { input, output, prompt, history = [], complete, signal } = options;
  // A reader that is closed while it completes would throw when the words come.
  let completing: Promise<unknown> = Promise.resolve();
  const reader = createInterface({
    input,
    output,
    prompt,
    terminal: true,
    history: [...history],
    historySize: 1000,
    removeHistoryDuplicates: true,
    ...(complete === undefined
      ? {}
      : {
          completer: (line: string) => {
            const found = complete(line);
            completing = found.catch(() => undefined);
            return found;
          },
        }),
  });
  return new Promise((resolve) => {
    let answer: string | null | undefined = null;
    let isFinished = false;
    const finish = (given: string | null | undefined): void => {
      if (isFinished) return;
      isFinished = true;
      answer = given;
      void completing.then(() => setImmediate(() => reader.close()));
    };
    const leave = (): void => finish(null);
    signal.addEventListener('abort', leave, { once: true });
    reader.on('line', finish);
    reader.on('SIGINT', () => {
      output.write('^C\n');
      finish(undefined);
    });
    reader.on('close', () => {
      signal.removeEventListener('abort', leave);
      resolve(answer);
    });
    if (signal.aborted) leave();
    else reader.prompt();
  });
}
