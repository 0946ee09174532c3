import type { Locator, Page } from '@playwright/test';

export class AuditPanel {
  readonly panel: Locator;

  constructor(page: Page) {
    this.panel = page.locator('.panel[data-view="audit"]');
  }

  rows(): Locator {
    return this.panel.locator('.audit-rows .audit-row');
  }

  ofType(type: string): Locator {
    return this.panel.locator(`.audit-rows .audit-row[data-type="${type}"]`);
  }

  async filterType(type: string): Promise<void> {
    await this.panel.getByLabel('Type of record').selectOption(type);
  }

  async verify(): Promise<void> {
    await this.panel.getByRole('button', { name: 'Verify chain' }).click();
  }

  report(): Locator {
    return this.panel.locator('.audit-report');
  }

  /** The number of the newest record that is listed. */
  async newest(): Promise<number> {
    return Number(await this.rows().first().getAttribute('data-seq'));
  }
}
