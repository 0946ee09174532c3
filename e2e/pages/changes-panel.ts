import type { Locator, Page } from '@playwright/test';

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

  async show(path: string): Promise<void> {
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
}
