import { randomBytes } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { ReviewNotice } from '../../../schema/contract/contract.ts';
import { failureOf, resultOf, type ToolAnswer, type ToolCall } from './kernel-tool.ts';

/** What became of a call so far: its end, or that it waits for a person who was not asked by us yet. */
export type Turn =
  | { readonly kind: 'ended'; readonly result: CallToolResult }
  | { readonly kind: 'asked'; readonly notice: ReviewNotice };

/**
 * A call of a tool that is under way in the kernel. It may outlive the request that it came with: where the protocol has
 * no questions during a request, the client is sent away with one and comes back for the same call.
 */
export class WaitingCall {
  readonly id = randomBytes(16).toString('hex');
  readonly #ending = new AbortController();
  readonly #ended: Promise<Turn>;
  #notice: ReviewNotice | undefined;
  #tellNotice: ((turn: Turn) => void) | undefined;
  #progress: ((message: string) => void) | undefined;
  #isOver = false;

  constructor(run: (call: ToolCall) => Promise<ToolAnswer>) {
    const call: ToolCall = {
      signal: this.#ending.signal,
      onReview: (notice) => this.#ask(notice),
      progress: (message) => this.#progress?.(message),
    };
    this.#ended = run(call)
      .then(resultOf, failureOf)
      .then((result) => {
        this.#isOver = true;
        return { kind: 'ended', result };
      });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The question that a person has to answer; undefined where there is none. */
  get question(): ReviewNotice | undefined {
    return this.#isOver ? undefined : this.#notice;
  }

  /** Whoever is told of progress from now on; nobody if undefined. */
  follow(progress: ((message: string) => void) | undefined): void {
    this.#progress = progress;
  }

  /** The end, or the next question after `seen`, whichever comes first. */
  turn(seen: ReviewNotice | undefined): Promise<Turn> {
    if (this.#notice !== undefined && this.#notice !== seen && !this.#isOver) {
      return Promise.resolve({ kind: 'asked', notice: this.#notice });
    }
    const asked = new Promise<Turn>((resolve) => {
      this.#tellNotice = resolve;
    });
    return Promise.race([this.#ended, asked]);
  }

  /** Ends what runs in the sandbox, or withdraws the question. */
  cancel(): void {
    this.#ending.abort();
  }

  #ask(notice: ReviewNotice): void {
    this.#notice = notice;
    this.#tellNotice?.({ kind: 'asked', notice });
  }
}
