import type { Locator, Page } from '@playwright/test';

export class TasksPanel {
  readonly panel: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.panel = page.locator('.panel[data-view="tasks"]');
  }

  async open(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Tasks and schedules' }).click();
  }

  async view(name: 'Queue' | 'Graph' | 'Timeline' | 'Schedules'): Promise<void> {
    await this.panel.getByRole('button', { name, exact: true }).click();
  }

  row(name: string): Locator {
    return this.panel.locator(`.task-row[data-task="${name}"]`);
  }

  async pick(name: string): Promise<void> {
    await this.row(name).getByRole('button', { name, exact: true }).click();
  }

  details(): Locator {
    return this.panel.getByRole('complementary', { name: 'Task', exact: true });
  }

  /** A task in the picture of what depends on what. */
  node(name: string): Locator {
    return this.panel.locator('.task-node', { hasText: name });
  }

  timeline(): Locator {
    return this.panel.locator('.task-timeline');
  }

  picture(): Locator {
    return this.timeline().getByRole('img');
  }

  schedule(name: string): Locator {
    return this.panel.locator(`.schedule-row[data-schedule="${name}"]`);
  }
}
