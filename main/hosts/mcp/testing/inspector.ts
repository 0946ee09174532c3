import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(import.meta.dirname, 'inspector-process.ts');

/** The official inspector's command line in front of a server. */
export class Inspector implements AsyncDisposable {
  readonly #server: readonly string[];
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  /** `server` says how it is reached, in the inspector's own arguments; it keeps what it keeps in `home`. */
  constructor(server: readonly string[], home: string) {
    this.#server = server;
    const env = { ...process.env, HOME: home };
    this.#child = spawn(process.execPath, [PROGRAM], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.#child.stdout === null) throw new Error('The inspector has no standard output');
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The document that a method's answer is. @throws what the inspector says where it has none */
  async ask(method: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
    this.#child.stdin?.write(`${JSON.stringify([...this.#server, '--method', method, ...args])}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error('The inspector ended');
    const { printed, failure = 'It printed nothing' } = JSON.parse(value) as { printed: string; failure?: string }; // inspector-process.ts writes nothing else
    if (printed === '') throw new Error(failure);
    return JSON.parse(printed) as Record<string, unknown>; // an object, as every result of the protocol is
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }
}
