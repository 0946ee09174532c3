import type { Locator, Page } from '@playwright/test';

export class KeysPanel {
  readonly panel: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.panel = page.locator('.panel[data-view="gateway"]');
  }

  async open(): Promise<void> {
    await this.#page.getByRole('navigation').getByRole('button', { name: 'Gateway' }).click();
  }

  /** Asks for the key of a namespace. */
  async issue(namespace: string, owner: string): Promise<void> {
    await this.panel.getByRole('button', { name: 'Issue a key' }).first().click();
    const dialog = this.#page.getByRole('dialog');
    await dialog.getByLabel('Namespace', { exact: true }).fill(namespace);
    await dialog.getByLabel('For whom or what').fill(owner);
    await dialog.getByRole('button', { name: 'Issue', exact: true }).click();
  }

  /** The field with the token, the one time that it is shown. */
  token(): Locator {
    return this.#page.getByLabel('Token', { exact: true });
  }

  async haveToken(): Promise<void> {
    await this.#page.getByRole('button', { name: 'I have it' }).click();
  }

  rows(): Locator {
    return this.panel.locator('.key-table tbody tr');
  }

  /** The newest key that somebody has. */
  row(owner: string): Locator {
    return this.rows().filter({ hasText: owner }).first();
  }

  /** Presses one of a row's buttons and says yes. */
  async act(row: Locator, act: 'Rotate' | 'Revoke'): Promise<void> {
    await row.getByRole('button', { name: new RegExp(`^${act}`) }).click();
    await this.#page.getByRole('dialog').getByRole('button', { name: act, exact: true }).click();
  }

  /** The switch of HTTP and MCP. */
  gateway(): Locator {
    return this.panel.getByRole('switch', { name: 'HTTP and MCP' });
  }

  port(): Locator {
    return this.panel.getByLabel('Port', { exact: true });
  }

  /** Where HTTP is served. */
  async address(): Promise<string> {
    return (await this.panel.locator('.server-addresses dd').first().textContent()) ?? '';
  }

  async part(name: 'Keys' | 'Live' | 'Programs' | 'Network'): Promise<void> {
    await this.panel.getByRole('button', { name, exact: true }).click();
  }
}
