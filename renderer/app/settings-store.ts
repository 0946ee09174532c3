import { createStore } from 'zustand/vanilla';
import type { Settings } from '../../schema/contract/app.ts';
import { follow } from './follow.ts';
import type { KernelClient } from './kernel-client.ts';

interface SettingsState {
  /** True once the kernel has answered, whatever it said. */
  readonly loaded: boolean;
  readonly settings: Settings | undefined;
  /** Why the settings file was set aside, if it was. */
  readonly problem: string | undefined;
}

export interface SettingsStoreOptions {
  readonly client: Pick<KernelClient, 'app'>;
  readonly onFailure: (thrown: unknown) => void;
  /** Another language was chosen and kept: only a page that is loaded anew has its texts. */
  readonly onLanguage?: () => void;
}

const LAYOUT_DELAY_MS = 800;
const RECENT_LIMIT = 8;

/** What the operator chose. Changes show at once and are then kept by the kernel. */
export class SettingsStore {
  readonly store = createStore<SettingsState>(() => ({ loaded: false, settings: undefined, problem: undefined }));
  readonly #options: SettingsStoreOptions;
  #layoutTimer: ReturnType<typeof setTimeout> | undefined;
  /** Layouts of this window that the kernel does not have yet. */
  #layouts: Record<string, unknown> = {};
  /** As the kernel last said. */
  #language: string | undefined;

  constructor(options: SettingsStoreOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    try {
      const { settings, problem } = await this.#options.client.app.settings({});
      this.store.setState({ loaded: true, settings, problem: problem ?? undefined });
    } catch (thrown) {
      this.store.setState({ loaded: true });
      this.#options.onFailure(thrown);
    }
  }

  /** What other windows and the command line change is seen here, too. */
  follow(signal: AbortSignal): Promise<void> {
    return follow({
      open: (inner) => this.#options.client.app.watch({}, { signal: inner }),
      onEvent: ({ settings }) => {
        const former = this.#language;
        this.#language = settings.language;
        this.store.setState({ settings: { ...settings, layout: { ...settings.layout, ...this.#layouts } } });
        if (former !== undefined && former !== settings.language) this.#options.onLanguage?.();
      },
      signal,
    });
  }

  async change(part: Partial<Settings>): Promise<void> {
    const { settings } = this.store.getState();
    if (settings) this.store.setState({ settings: { ...settings, ...part } });
    try {
      await this.#options.client.app.configure({ change: part });
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }

  layoutOf(place: string): unknown {
    return this.store.getState().settings?.layout[place];
  }

  /** Kept a moment later, so that dragging a panel is one change. `place`: a workspace, in a window. */
  saveLayout(place: string, value: unknown): void {
    const { settings } = this.store.getState();
    if (!settings) return;
    this.#layouts[place] = value;
    this.store.setState({ settings: { ...settings, layout: { ...settings.layout, [place]: value } } });
    clearTimeout(this.#layoutTimer);
    this.#layoutTimer = setTimeout(() => void this.#keepLayouts(), LAYOUT_DELAY_MS);
  }

  async #keepLayouts(): Promise<void> {
    const { settings } = this.store.getState();
    const kept = this.#layouts;
    this.#layouts = {};
    // The layout is a comfort: where the kernel cannot keep it, nobody is disturbed.
    await this.#options.client.app
      .configure({ change: { layout: { ...settings?.layout, ...kept } } })
      .catch(() => undefined);
  }

  /** Puts a folder first among the recent ones. */
  async remember(workspace: string): Promise<void> {
    const recent = this.store.getState().settings?.recentWorkspaces ?? [];
    if (recent[0] === workspace) return;
    const others = recent.filter((other) => other !== workspace);
    await this.change({ recentWorkspaces: [workspace, ...others].slice(0, RECENT_LIMIT) });
  }
}
