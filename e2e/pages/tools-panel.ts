import type { Locator, Page } from '@playwright/test';

export class ToolsPanel {
  readonly panel: Locator;

  constructor(page: Page) {
    this.panel = page.locator('.panel[data-view="tools"]');
  }

  async choose(tool: string): Promise<void> {
    await this.panel.getByRole('button', { name: tool, exact: true }).click();
  }

  /** A required field's label ends in a star. */
  field(label: string): Locator {
    return this.panel.locator('.tool-form').getByLabel(new RegExp(`^${label}\\*?$`));
  }

  async run(): Promise<void> {
    await this.panel.getByRole('button', { name: 'Run', exact: true }).click();
  }

  /** The newest run of the tool that is shown. */
  lastRun(): Locator {
    return this.panel.locator('.run').first();
  }
}
