import type { BatchClock, Output } from './output-batches.ts';
import type { TerminalScreen } from './terminal-feed.ts';

/** A screen that logs what it is given, and parses it at once or when it is told to. */
export class LoggingScreen implements TerminalScreen {
  readonly log: string[] = [];
  readonly #parses: 'at once' | 'when told';
  #unparsed: (() => void)[] = [];

  constructor(parses: 'at once' | 'when told') {
    this.#parses = parses;
  }

  write(output: Output, parsed: () => void): void {
    this.log.push(typeof output === 'string' ? output : new TextDecoder().decode(output));
    if (this.#parses === 'at once') parsed();
    else this.#unparsed.push(parsed);
  }

  shortened(): undefined {
    return undefined;
  }

  reset(): void {
    this.log.push('[reset]');
  }

  resize(cols: number, rows: number): void {
    this.log.push(`[${cols}x${rows}]`);
  }

  parse(): void {
    for (const parsed of this.#unparsed.splice(0)) parsed();
  }
}

/** Time that passes when a test says so; one timer, as batches have. */
export class ManualClock implements BatchClock {
  #nowMs = 0;
  #timer: { readonly dueMs: number; readonly callback: () => void } | undefined;

  now(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Disposable {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timer = timer;
    return {
      [Symbol.dispose]: () => {
        if (this.#timer === timer) this.#timer = undefined;
      },
    };
  }

  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  advance(byMs: number): void {
    this.#nowMs += byMs;
    const timer = this.#timer;
    if (timer === undefined || timer.dueMs > this.#nowMs) return;
    this.#timer = undefined;
    timer.callback();
  }
}
