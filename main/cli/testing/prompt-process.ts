import { join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import { hostWith, type Parts } from './run-line.ts';
import { openHistory } from '../prompt/history.ts';
import { prompt } from '../prompt/prompt.ts';

/** A prompt on this process's terminal, with a kernel that has one session and says what it was told. */
const [home = ''] = process.argv.slice(2);
const session = 'k3v9xw2m5a';
const say = (what: string, input: unknown): void => void process.stdout.write(`<${what} ${JSON.stringify(input)}>\n`);

const before = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', ''].join('\n');
const after = before.replace('one', 'ONE\u001b[2J').replace('ten', 'TEN');
const text = (content: string) => ({ kind: 'text', text: content, sizeBytes: content.length, mode: '100644' });
const lines = (start: number) => ({ start, count: 1 });

const parts: Parts = {
  app: { version: async () => ({}) as never },
  session: {
    list: async () =>
      ({ sessions: [{ id: session, state: 'running', profile: 'agent', createdAt: 0, workspace: '/work' }] }) as never,
    create: async () => ({ id: session }) as never,
    stop: async () => ({}) as never,
  },
  sandbox: {
    async *exec({ argv }, { signal } = {}) {
      yield {
        type: 'output',
        stream: 'stdout',
        base64: Buffer.from(`live ${argv.join(' ')}\n`).toString('base64'),
      } as never;
      if (argv[0] === 'wait') await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      if (signal?.aborted) throw new Fault('cancelled', 'The call was cancelled');
      yield { type: 'exit', exitCode: 0, timedOut: false, durationMs: 1 } as never;
    },
  },
  changes: {
    list: async () =>
      ({ changes: [{ path: 'count.txt', kind: 'modified', sizeBytes: 1, sha256: 'a'.repeat(64) }] }) as never,
    diff: async () => ({ before: text(before), after: text(after) }) as never,
    hunks: async () =>
      ({ hunks: [0, 9].map((start) => ({ before: lines(start), after: lines(start) })), exact: true }) as never,
  },
  review: {
    decide: async (input) => {
      say('decide', input);
      return { kept: 1 };
    },
  },
  merge: {
    apply: async (input) => {
      say('merge', input);
      return { merged: ['count.txt'], conflicts: [], left: [], refused: [] };
    },
  },
};

let listener: (() => void) | undefined;
process.on('SIGINT', () => listener?.());
// As a connection to a kernel does.
const alive = setInterval(() => undefined, 60_000);
const { argv: _argv, ...host } = hostWith({
  argv: [],
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
});
process.exitCode = await prompt({
  ...host,
  // A call that this kernel does not have is not made.
  connect: async () => ({ client: parts as never, [Symbol.asyncDispose]: async () => undefined }),
  stdin: process.stdin,
  home,
  history: openHistory({ file: join(home, 'cli-history'), redact: (line) => line.replace('hunter2', '[redacted]') }),
  onInterrupt(next) {
    listener = next;
    return { [Symbol.dispose]: () => (listener = undefined) };
  },
});
clearInterval(alive);
