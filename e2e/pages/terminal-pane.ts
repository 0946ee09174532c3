import { expect, type Locator, type Page } from '@playwright/test';

/** The terminal that can be seen. */
export class TerminalPane {
  readonly #page: Page;
  readonly pane: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.pane = page.locator('.terminal-pane:visible').last();
  }

  /** Until the shell inside has printed its prompt. */
  async ready(): Promise<void> {
    await expect.poll(() => this.text(), { timeout: 30_000 }).toMatch(/[$#](\s|$)/m);
  }

  async focus(): Promise<void> {
    await this.pane.locator('.terminal-host').click();
  }

  /** Types by keystrokes, and Enter. */
  async run(command: string): Promise<void> {
    await this.focus();
    await this.#page.keyboard.type(command);
    await this.#page.keyboard.press('Enter');
  }

  /** What is on the screen, a line for a row. */
  async text(): Promise<string> {
    const rows = await this.pane.locator('.xterm-rows > div').allTextContents();
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
  }

  async shows(text: string | RegExp): Promise<void> {
    const screen = expect.poll(() => this.text(), { timeout: 30_000 });
    if (typeof text === 'string') await screen.toContain(text);
    else await screen.toMatch(text);
  }

  exit(): Locator {
    return this.pane.locator('.terminal-exit');
  }
}
