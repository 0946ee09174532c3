import { expect, type Locator, type Page } from '@playwright/test';
import type { CavernApp } from '../fixtures/cavern-app.ts';
import { ApprovalsPanel } from './approvals-panel.ts';
import { AuditPanel } from './audit-panel.ts';
import { ChangesPanel } from './changes-panel.ts';
import { KeysPanel } from './keys-panel.ts';
import { PluginsPanel } from './plugins-panel.ts';
import { PolicyPanel } from './policy-panel.ts';
import { TasksPanel } from './tasks-panel.ts';
import { TerminalPane } from './terminal-pane.ts';
import { ToolsPanel } from './tools-panel.ts';

export type PanelName = 'tools' | 'changes' | 'approvals' | 'audit' | 'sandbox';

const START_TIMEOUT_MS = 60_000;

/** The window, as a person uses it. */
export class Shell {
  readonly app: CavernApp;
  readonly page: Page;
  readonly approvals: ApprovalsPanel;
  readonly audit: AuditPanel;
  readonly changes: ChangesPanel;
  readonly keys: KeysPanel;
  readonly plugins: PluginsPanel;
  readonly policy: PolicyPanel;
  readonly tasks: TasksPanel;
  readonly tools: ToolsPanel;

  constructor(app: CavernApp) {
    this.app = app;
    this.page = app.page;
    this.approvals = new ApprovalsPanel(app.page);
    this.audit = new AuditPanel(app.page);
    this.changes = new ChangesPanel(app.page);
    this.keys = new KeysPanel(app.page);
    this.plugins = new PluginsPanel(app.page);
    this.policy = new PolicyPanel(app.page);
    this.tasks = new TasksPanel(app.page);
    this.tools = new ToolsPanel(app.page);
  }

  /** Types a folder into the start page and starts a session there, without waiting for it. */
  async enterFolder(path: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Open folder…' }).click();
    await this.page.getByLabel('Folder', { exact: true }).fill(path);
    await this.page.getByRole('button', { name: 'Start session' }).click();
  }

  /** Starts a session and waits until it runs. */
  async openFolder(path: string): Promise<void> {
    await this.enterFolder(path);
    await expect(this.sessionView()).toHaveAttribute('data-state', 'running', { timeout: START_TIMEOUT_MS });
  }

  /** The session that is shown. */
  sessionView(): Locator {
    return this.page.locator('.session-view');
  }

  sessionRow(name: string): Locator {
    return this.page.locator('.session-row', { hasText: name });
  }

  async selectSession(name: string): Promise<void> {
    await this.sessionRow(name).locator('.session-pick').click();
  }

  async chooseSessionAction(name: string, action: string): Promise<void> {
    await this.sessionRow(name).hover();
    await this.sessionRow(name)
      .getByRole('button', { name: `Actions for ${name}` })
      .click();
    await this.page.getByRole('menuitem', { name: action }).click();
  }

  async openPanel(panel: PanelName): Promise<void> {
    const inside = this.page.locator(`.dock-tab[data-panel="${panel}"]`);
    await inside.click();
    // It comes to the front a frame later.
    await expect(this.page.locator('.dv-tab', { has: inside })).toHaveAttribute('aria-selected', 'true');
  }

  async closeTab(title: string): Promise<void> {
    const tab = this.page.locator('.dock-tab', { hasText: title });
    await tab.hover();
    await tab.locator('.dock-tab-close').click();
  }

  /** The terminal that is in front, once it shows something. */
  async terminal(): Promise<TerminalPane> {
    const pane = new TerminalPane(this.page);
    await pane.ready();
    return pane;
  }

  status(name: 'engine' | 'sandbox' | 'policy' | 'recording' | 'audit' | 'gateway' | 'approvals'): Locator {
    return this.page.locator(`[data-status="${name}"]`);
  }

  /** The window in light and in dark, as NAME-light and NAME-dark. */
  async screenshotBoth(name: string): Promise<void> {
    for (const theme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await this.app.screenshot(`${name}-${theme}`);
    }
  }

  /** Until no dialog is open and the focus is back where it was: it goes there one turn of the event loop later. */
  async dialogClosed(): Promise<void> {
    await expect(this.page.getByRole('dialog')).toHaveCount(0);
    await this.page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  }

  notice(): Locator {
    return this.page.locator('.notice');
  }

  /** What a failure says: what happened, why, what to do. */
  failure(): Locator {
    return this.page.locator('.failure-notice');
  }
}
