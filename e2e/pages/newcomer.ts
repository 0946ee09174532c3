import type { Locator } from '@playwright/test';
import type { Shell } from './shell.ts';

/** Somebody who sees the window for the first time: acts on it only by clicks and by lines typed, each of which is counted. */
export class Newcomer {
  readonly #shell: Shell;
  readonly #steps: string[] = [];
  readonly #beganAtMs: number;
  #clicks = 0;
  #keys = 0;

  /** `beganAtMs` of `performance.now()`: before the program was started. */
  constructor(shell: Shell, beganAtMs: number) {
    this.#shell = shell;
    this.#beganAtMs = beganAtMs;
  }

  async click(target: Locator, what: string): Promise<void> {
    await target.click();
    this.#clicks += 1;
    this.#steps.push(what);
  }

  /** A line, and Enter, where the focus is. */
  async type(line: string, what: string): Promise<void> {
    await this.#shell.page.keyboard.type(line);
    await this.#shell.page.keyboard.press('Enter');
    this.#keys += line.length + 1;
    this.#steps.push(what);
  }

  /** What it took until now. */
  get effort(): {
    readonly steps: readonly string[];
    readonly clicks: number;
    readonly keys: number;
    readonly seconds: number;
  } {
    const seconds = Math.round((performance.now() - this.#beganAtMs) / 100) / 10;
    return { steps: this.#steps, clicks: this.#clicks, keys: this.#keys, seconds };
  }
}
