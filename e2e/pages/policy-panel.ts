import { expect, type Locator, type Page } from '@playwright/test';

export class PolicyPanel {
  readonly #page: Page;
  readonly panel: Locator;
  readonly editor: Locator;
  readonly preview: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.panel = page.locator('.panel[data-view="policy"]');
    this.editor = this.panel.locator('.policy-editor .cm-content');
    this.preview = this.panel.locator('.policy-preview');
  }

  async open(): Promise<void> {
    await this.#page.locator('[data-status="policy"]').click();
    await expect(this.editor.locator('.cm-line').first()).not.toBeEmpty();
  }

  /** Types at the end of the document; the text brings its own indentation. */
  async append(text: string): Promise<void> {
    await this.editor.click();
    await this.#page.keyboard.press('Control+End');
    await this.#page.keyboard.insertText(text);
  }

  async review(): Promise<void> {
    await this.panel.getByRole('button', { name: 'Review and save…' }).click();
    await expect(this.preview).toBeVisible();
  }

  async save(): Promise<void> {
    await this.preview.getByRole('button', { name: 'Save and put in force' }).click();
    await expect(this.preview).toHaveCount(0);
  }

  async side(name: 'In words' | 'Try a call' | 'History' | 'Learn'): Promise<void> {
    await this.panel.getByRole('button', { name, exact: true }).click();
  }

  rule(name: string): Locator {
    return this.panel.locator('.rule-item', { hasText: name });
  }

  problems(): Locator {
    return this.panel.locator('.problem');
  }

  async tryCall(call: { syscall: string; path?: string; tags?: string }): Promise<void> {
    await this.panel.getByLabel('Tool or call').fill(call.syscall);
    await this.panel.getByLabel('Path in the workspace').fill(call.path ?? '');
    if (call.tags !== undefined) await this.panel.getByLabel('Tags of the caller').fill(call.tags);
    await this.panel.getByRole('button', { name: 'Try', exact: true }).click();
  }

  answer(): Locator {
    return this.panel.locator('.trial-answer');
  }
}
