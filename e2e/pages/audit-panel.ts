import { expect, type Locator, type Page } from '@playwright/test';

export class AuditPanel {
  readonly panel: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.panel = page.locator('.panel[data-view="audit"]');
  }

  rows(): Locator {
    return this.panel.locator('.audit-rows .audit-row[data-seq]');
  }

  row(seq: number): Locator {
    return this.panel.locator(`.audit-rows .audit-row[data-seq="${seq}"]`);
  }

  ofType(type: string): Locator {
    return this.panel.locator(`.audit-rows .audit-row[data-type="${type}"]`);
  }

  async filterType(type: string): Promise<void> {
    await this.panel.getByLabel('Type of record').selectOption(type);
  }

  /** Also where there are none. */
  async clearFilters(): Promise<void> {
    const clear = this.panel.getByRole('button', { name: 'Clear filters' }).first();
    if (await clear.isVisible()) await clear.click();
    await expect(clear).toHaveCount(0);
  }

  search(): Locator {
    return this.panel.getByPlaceholder('Search tool');
  }

  async verify(): Promise<void> {
    await this.panel.getByRole('button', { name: 'Verify', exact: true }).click();
  }

  /** What is said of the chain as a whole. */
  chain(): Locator {
    return this.panel.locator('.audit-chain');
  }

  /** How many records pass the filters, once all of the chain was looked at. */
  async count(): Promise<number> {
    const count = this.panel.locator('.audit-count');
    await expect(count).toHaveAttribute('data-counting', 'false');
    return Number(/[\d,]+/.exec((await count.textContent()) ?? '')?.[0].replaceAll(',', ''));
  }

  details(): Locator {
    return this.panel.locator('.audit-record');
  }

  async view(name: 'List' | 'Timeline'): Promise<void> {
    await this.panel.getByRole('button', { name, exact: true }).click();
  }

  /** The number of the newest record that is listed. */
  async newest(): Promise<number> {
    return Number(await this.rows().first().getAttribute('data-seq'));
  }

  /** The numbers in sight, as soon as every row in sight is read. */
  async inSight(): Promise<number[]> {
    await expect(this.panel.locator('.audit-row-loading')).toHaveCount(0);
    return this.#page.evaluate(() => {
      const list = document.querySelector('.audit-scroll')?.getBoundingClientRect();
      return [...document.querySelectorAll<HTMLElement>('.audit-rows .audit-row[data-seq]')]
        .map((row) => ({ row, top: row.getBoundingClientRect().top }))
        .filter(({ top }) => list !== undefined && top >= list.top && top < list.bottom)
        .sort((a, b) => a.top - b.top)
        .map(({ row }) => Number(row.dataset.seq));
    });
  }

  /** Drags the scroll bar to a share of its way. */
  async dragTo(share: number): Promise<void> {
    await this.panel.locator('.audit-scroll').evaluate((list, at) => {
      list.scrollTop = (list.scrollHeight - list.clientHeight) * at;
    }, share);
  }
}
