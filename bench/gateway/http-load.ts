import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LoadOrder, LoadRequest, LoadResult } from './load-process.ts';

const CONNECTIONS = 20;

export type LoadWanted = Omit<LoadOrder, 'connections'>;

/** Sends requests from a process of its own. That goes on from one load to the next, so that none begins with code that is cold. */
export class HttpLoad implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  constructor() {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'load-process.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#ended = once(this.#child, 'exit');
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('Cannot measure: the process of the load has no output');
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** Answers a second over kept connections. One at a time. @throws Error where one was not answered with 2xx */
  async rate(wanted: LoadWanted): Promise<number> {
    const order: LoadOrder = { ...wanted, connections: CONNECTIONS };
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    const { done, value } = await this.#answers.next();
    if (done === true) throw new Error('Cannot measure: the process of the load ended');
    const { answered, seconds, wrong, statuses } = JSON.parse(value) as LoadResult; // what it prints
    if (wrong === 0) return answered / seconds;
    throw new Error(`Not every request to ${wanted.url} was answered with success: ${JSON.stringify(statuses)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }
}

/** The same request with each of the keys in turn: none is asked more often than it may. */
export function withKeys(tokens: readonly string[], request: LoadRequest): LoadRequest[] {
  return tokens.map((token) => ({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } }));
}
