import { toFault } from '../../../schema/fault.ts';
import type { Command, KernelConnection } from '../command.ts';
import { commands } from '../commands.ts';
import { knownTo } from '../completion/known.ts';
import { offersAt } from '../completion/offers.ts';
import { EXIT } from '../exit-code.ts';
import { findCommand, wordsOf } from '../line.ts';
import { type CliHost, main } from '../main.ts';
import { errorText } from '../output/print.ts';
import { styleOf } from '../output/style.ts';
import type { History } from './history.ts';
import { pathOffers } from './path-offers.ts';
import { readLine } from './read-line.ts';
import { splitAtCursor, splitLine } from './split-line.ts';

export interface PromptHost extends Omit<CliHost, 'argv'> {
  readonly stdin: NodeJS.ReadStream;
  readonly history: History;
  /** What `--home` said when the prompt was started. */
  readonly home: string | undefined;
  /** Ctrl-C while a command runs; it is for the command. */
  onInterrupt(listener: () => void): Disposable;
}

/** Words of the prompt itself, beside the commands. */
const LEAVING = new Set(['exit', 'quit']);
const USE: Command = {
  words: ['use'],
  usage: 'use [SESSION]',
  about: 'Mean this session where a command’s is left out',
  positionals: [0, 1],
  takes: ['session'],
  document: null,
  run: async () => EXIT.ok,
};
const OWN: readonly Command[] = [
  USE,
  { ...USE, words: ['exit'], usage: 'exit', about: 'Leave, as Ctrl-D does', positionals: [0, 0], takes: [] },
];

/** One connection for all lines: a kernel that is started for the prompt lives as long as it. */
class SharedConnection {
  readonly #host: PromptHost;
  #opened: Promise<KernelConnection> | undefined;

  constructor(host: PromptHost) {
    this.#host = host;
  }

  async open(): Promise<KernelConnection> {
    const { signal, home } = this.#host;
    this.#opened ??= this.#host.connect(home, { signal, purpose: 'work' });
    try {
      const { client } = await this.#opened;
      return { client, [Symbol.asyncDispose]: async () => undefined };
    } catch (thrown) {
      this.#opened = undefined;
      throw thrown;
    }
  }

  /** The next line finds a kernel anew; this one has gone. */
  async forget(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.then(
      (connection) => connection[Symbol.asyncDispose](),
      () => undefined,
    );
  }

  async isAlive(): Promise<boolean> {
    try {
      await (await this.#opened)?.client.app.version({});
      return true;
    } catch {
      return false;
    }
  }
}

/** A line with the session of the prompt where it leaves its own out. */
function withSession(words: readonly string[], session: string | undefined): string[] {
  if (session === undefined) return [...words];
  const dashes = words.indexOf('--');
  const before = dashes === -1 ? words : words.slice(0, dashes);
  const command = findCommand(commands, wordsOf(before));
  if (command === undefined || before.includes('--help') || before[0] === 'help') return [...words];
  const { length } = command.words;
  const isNamed = before.some((word) => word === '--session' || word.startsWith('--session='));
  if (command.words[0] === 'tool' && command.options?.['session'] && !isNamed) {
    return [...words.slice(0, length), '--session', session, ...words.slice(length)];
  }
  const isLeftOut = command.takes?.[0] === 'session' && wordsOf(before).length < length + command.positionals[0];
  return isLeftOut ? [...words.slice(0, length), session, ...words.slice(length)] : [...words];
}

/** The prompt: a line, what it does, the next line; until Ctrl-D. */
export async function prompt(host: PromptHost): Promise<number> {
  const { stdin: input, stdout: output, stderr, history, signal, env } = host;
  const shared = new SharedConnection(host);
  const style = styleOf(output, env);
  const known = knownTo(async () => (await shared.open()).client);
  let session: string | undefined;
  let code: number = EXIT.ok;

  const complete = async (line: string): Promise<[string[], string]> => {
    const { before, current } = splitAtCursor(line);
    const { offers, also } = await offersAt(
      [...commands, ...OWN],
      { before: withSession(before, session), current },
      known,
    );
    const paths = also === 'files' || also === 'folders' ? pathOffers(current, also) : [];
    const words = [...offers.map(({ value }) => value), ...paths];
    const [only] = words;
    return [words.length === 1 && only !== undefined && !only.endsWith('/') ? [`${only} `] : words, current];
  };

  const runLine = async (words: readonly string[]): Promise<number> => {
    const interruption = new AbortController();
    const interrupt = (): void => interruption.abort();
    using _listening = host.onInterrupt(interrupt);
    signal.addEventListener('abort', interrupt, { once: true });
    const argv = withSession(words, session);
    const exitCode = await main({ ...host, argv, signal: interruption.signal, connect: () => shared.open() });
    signal.removeEventListener('abort', interrupt);
    if (['run', 'shell'].includes(argv[0] ?? '')) session = (await newest()) ?? session;
    if (exitCode !== EXIT.ok && !(await shared.isAlive())) await shared.forget();
    return exitCode;
  };

  const newest = async (): Promise<string | undefined> => (await known('session', undefined))[0]?.value;

  output.write(style.dim(`Cavern ${host.version}: help lists the commands, Tab completes, Ctrl-D leaves.\n`));
  while (!signal.aborted) {
    const mark = code === EXIT.ok ? style.cyan('›') : style.red(`${code} ›`);
    const place = session === undefined ? '' : ` ${style.dim(session)}`;
    const line = await readLine({
      input,
      output,
      prompt: `${style.bold('cavern')}${place} ${mark} `,
      history: history.lines,
      complete,
      signal,
    });
    if (line === null) {
      output.write('\n');
      break;
    }
    if (line === undefined || line.trim() === '') continue;
    history.add(line);
    try {
      const words = splitLine(line);
      const [first = '', second] = words;
      if (LEAVING.has(first)) break;
      if (first === 'use') session = second;
      else code = await runLine(first === 'cavern' ? words.slice(1) : words);
    } catch (thrown) {
      code = EXIT.usage;
      stderr.write(errorText(toFault(thrown), styleOf(stderr, env)));
    }
  }
  await shared.forget();
  return EXIT.ok;
}
