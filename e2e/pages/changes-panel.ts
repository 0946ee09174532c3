import { expect, type Locator, type Page } from '@playwright/test';

const PAGES = 40;
const SETTLE_MS = 60;

export class ChangesPanel {
  readonly #page: Page;
  readonly panel: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.panel = page.locator('.panel[data-view="changes"]');
  }

  row(path: string): Locator {
    return this.panel.locator(`.change-row[data-path="${path}"]`);
  }

  /** Scrolls the list until a row is in sight: the others do not exist. */
  async reach(path: string): Promise<void> {
    if ((await this.row(path).count()) > 0) return;
    const list = this.panel.locator('.change-scroll');
    await list.evaluate((element) => element.scrollTo(0, 0));
    await this.#page.waitForTimeout(SETTLE_MS);
    for (let pages = 0; pages < PAGES && (await this.row(path).count()) === 0; pages += 1) {
      await list.evaluate((element) => element.scrollBy(0, element.clientHeight));
      await this.#page.waitForTimeout(SETTLE_MS);
    }
  }

  async show(path: string): Promise<void> {
    await this.reach(path);
    await this.row(path).locator('.change-pick').click();
  }

  async accept(path: string): Promise<void> {
    await this.panel.getByLabel(`Accept ${path}`, { exact: true }).check();
  }

  async refresh(): Promise<void> {
    await this.panel.getByRole('button', { name: 'Refresh' }).click();
  }

  async mergeAccepted(): Promise<void> {
    await this.panel.getByRole('button', { name: /^Merge [\d,]+ accepted$/ }).click();
  }

  async mergeAll(): Promise<void> {
    await this.panel.getByRole('button', { name: 'Merge all', exact: true }).click();
  }

  async chooseAction(name: string): Promise<void> {
    await this.panel.getByRole('button', { name: 'More actions' }).click();
    await this.#page.getByRole('menuitem', { name }).click();
  }

  outcome(): Locator {
    return this.panel.locator('.outcome');
  }

  diff(): Locator {
    return this.panel.locator('.diff');
  }

  /** How many changes there are of a kind; a press narrows the list to it. */
  count(kind: string): Locator {
    return this.panel.locator(`.change-count[data-kind="${kind}"]`);
  }

  /** A hunk in sight, with its buttons. */
  hunk(index: number): Locator {
    return this.diff().locator('.hunk-mark').nth(index);
  }

  place(): Locator {
    return this.diff().locator('.diff-place');
  }

  /** What was decided of a file, as its row shows it. */
  verdict(path: string): Locator {
    return this.row(path).locator('.change-verdict');
  }

  /** The side that can be edited. */
  after(): Locator {
    return this.diff().locator('.cm-merge-b');
  }

  conflict(index: number): Locator {
    return this.diff().locator(`[data-conflict="${index}"]`);
  }

  /** Opens the comment on the line by its key and writes it. */
  async commentByKeyboard(text: string): Promise<void> {
    await this.#page.keyboard.press('c');
    await expect(this.diff().getByLabel(/^Comment on line/)).toBeFocused();
    await this.#page.keyboard.type(text);
    await this.#page.keyboard.press('Control+Enter');
    await expect(this.diff().locator('.comment-thread:visible')).toContainText(text);
  }

  /** Opens the side that can be edited by its key. */
  async editByKeyboard(): Promise<void> {
    await this.#page.keyboard.press('e');
    await expect(this.diff().locator('[data-editing] .cm-merge-b .cm-content')).toBeFocused();
  }

  /** Finds a file by its name and goes there. */
  async findByKeyboard(path: string): Promise<void> {
    await this.#page.keyboard.press('/');
    await expect(this.panel.locator('.filter-field input')).toBeFocused();
    await this.#page.keyboard.type(path);
    await this.#page.keyboard.press('Enter');
    await expect(this.diff()).toHaveAttribute('aria-label', path);
    await expect(this.diff().locator('.cm-editor, .diff-sides, .conflict-card').first()).toBeVisible();
  }

  /** Goes to the panel by Tab and Enter. */
  async panelByKeyboard(): Promise<void> {
    await this.#page
      .locator('.dock-tab[data-panel="changes"]')
      .locator('xpath=ancestor-or-self::*[@tabindex]')
      .last()
      .focus();
    await this.#page.keyboard.press('Enter');
  }
}
