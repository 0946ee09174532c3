import type { Locator, Page } from '@playwright/test';

export class ApprovalsPanel {
  readonly toast: Locator;
  readonly panel: Locator;

  constructor(page: Page) {
    this.toast = page.locator('.approval-toast');
    this.panel = page.locator('.panel[data-view="approvals"]');
  }

  questions(): Locator {
    return this.panel.locator('.question');
  }

  /** The question that is shown whole. */
  card(): Locator {
    return this.panel.locator('.approval-card');
  }

  async show(tab: 'Waiting' | 'Standing answers' | 'Tokens'): Promise<void> {
    await this.panel.getByRole('button', { name: tab }).click();
  }

  grants(): Locator {
    return this.panel.locator('.grant');
  }

  /** Answers in the corner of the window. */
  async answer(button: 'Allow once' | 'Allow for session' | 'Deny'): Promise<void> {
    await this.toast.getByRole('button', { name: button }).click();
  }

  /** Answers where the policy asks; done where what comes of it is seen. */
  async allowIfAsked(done: Locator): Promise<void> {
    const button = this.toast.getByRole('button', { name: 'Allow once' });
    await done.or(button).first().waitFor({ timeout: 60_000 });
    if (await button.isVisible()) await button.click();
  }
}
