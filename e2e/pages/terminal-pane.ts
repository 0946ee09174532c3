import { expect, type Locator, type Page } from '@playwright/test';

/** A screen changes often; each look is cheap, and what is waited for is seen at once. */
const OFTEN = { timeout: 30_000, intervals: [50, 50, 100, 150, 250] };

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
    await expect.poll(() => this.text(), OFTEN).toMatch(/[$#](\s|$)/m);
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
    const screen = expect.poll(() => this.text(), OFTEN);
    if (typeof text === 'string') await screen.toContain(text);
    else await screen.toMatch(text);
  }

  exit(): Locator {
    return this.pane.locator('.terminal-exit');
  }

  /** Chooses from the pane's menu. */
  async choose(action: string): Promise<void> {
    await this.pane.hover();
    await this.pane.getByRole('button', { name: 'Terminal actions' }).click();
    await this.#page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  /** As the paste key does, past the clipboard of this machine. */
  async paste(text: string): Promise<void> {
    await this.focus();
    await this.pane.locator('textarea').evaluate((area, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** Moves the pointer to a text at the beginning of a row, until it is a link, and answers where that is. */
  async pointAt(text: string): Promise<readonly [x: number, y: number]> {
    const row = this.pane.locator('.xterm-rows > div', { hasText: text }).last();
    const box = await row.boundingBox();
    if (box === null) throw new Error(`Cannot follow "${text}": it is not in sight`);
    const place = [box.x + 20, box.y + box.height / 2] as const;
    await this.#page.mouse.move(...place);
    await expect(this.pane.locator('.xterm-cursor-pointer')).toHaveCount(1);
    return place;
  }

  /** Clicks with Ctrl held down on such a text. */
  async follow(text: string): Promise<void> {
    const place = await this.pointAt(text);
    await this.#page.keyboard.down('Control');
    await this.#page.mouse.click(...place);
    await this.#page.keyboard.up('Control');
  }
}
