import type { Locator, Page } from '@playwright/test';

export class PluginsPanel {
  readonly panel: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.panel = page.locator('.panel[data-view="plugins"]');
  }

  async open(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Plugins', exact: true }).click();
  }

  async view(name: 'Plugins' | 'Team’s offers' | 'Publishers'): Promise<void> {
    // The offers have a count where something can be updated.
    await this.panel.getByRole('button', { name: new RegExp(`^${name}( \\d+ updates?)?$`) }).click();
  }

  /** How many updates the team's folder has. */
  updateCount(): Locator {
    return this.panel.locator('.segmented-count');
  }

  row(id: string): Locator {
    return this.panel.locator(`.plugin-row[data-plugin="${id}"]`);
  }

  /** The plugin that is shown. */
  details(): Locator {
    return this.panel.locator('.plugin');
  }

  async tab(name: 'About' | 'Settings' | 'Secrets' | 'Statistics' | 'Log'): Promise<void> {
    await this.details().getByRole('button', { name, exact: true }).click();
  }

  async act(name: 'Update…' | 'Enable' | 'Disable' | 'Remove…'): Promise<void> {
    await this.details().getByRole('button', { name, exact: true }).click();
  }

  dialog(): Locator {
    return this.#page.getByRole('dialog');
  }

  /** Answers the dialog that is open. */
  async answer(name: string): Promise<void> {
    await this.dialog().getByRole('button', { name, exact: true }).click();
  }

  /** Chooses a package in the dialog, by keyboard only. */
  async lookAt(path: string): Promise<void> {
    const field = this.dialog().getByLabel('Package or folder');
    await field.fill(path);
    await field.press('Enter');
  }

  async install(path: string): Promise<void> {
    await this.panel.getByRole('button', { name: 'Install…', exact: true }).first().click();
    await this.lookAt(path);
  }

  trustForm(): Locator {
    return this.panel.getByRole('form', { name: 'Trust a publisher' });
  }

  async trust(name: string, publicKey: string): Promise<void> {
    const form = this.trustForm();
    await form.getByLabel('Name').fill(name);
    await form.getByLabel('Public key').fill(publicKey);
    await form.getByRole('button', { name: 'Trust', exact: true }).click();
  }

  publisher(name: string): Locator {
    return this.panel.locator(`.publisher[data-publisher="${name}"]`);
  }

  offer(id: string): Locator {
    return this.panel.locator(`.offer[data-offer="${id}"]`);
  }

  figures(tool: string): Locator {
    return this.panel.locator(`tr[data-tool="${tool}"] td`);
  }
}
