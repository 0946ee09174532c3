/** Types into a terminal: in order, one call under way at a time; what is typed meanwhile goes with the next. */
export class TerminalInput {
  readonly #send: (text: string) => Promise<unknown>;
  #waiting = '';
  #sending = false;

  constructor(send: (text: string) => Promise<unknown>) {
    this.#send = send;
  }

  type(text: string): void {
    this.#waiting += text;
    if (!this.#sending) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#sending = true;
    try {
      while (this.#waiting !== '') {
        const text = this.#waiting.slice(0, WRITE_LIMIT);
        this.#waiting = this.#waiting.slice(WRITE_LIMIT);
        await this.#send(text);
      }
    } catch {
      // The terminal is gone; its panel says so, and what was typed has nowhere to go.
      this.#waiting = '';
    } finally {
      this.#sending = false;
    }
  }
}

/** Well under the contract's limit, so that a large paste does not hold up what is typed after it. */
const WRITE_LIMIT = 64 * 1024;
