import { createStore } from 'zustand/vanilla';
import type { Settings } from '../../schema/contract/app.ts';
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
}

const LAYOUT_DELAY_MS = 800;
const RECENT_LIMIT = 8;

export type SettingsStore = ReturnType<typeof createSettingsStore>;

/** What the operator chose. Changes show at once and are then kept by the kernel. */
export function createSettingsStore({ client, onFailure }: SettingsStoreOptions) {
  const store = createStore<SettingsState>(() => ({ loaded: false, settings: undefined, problem: undefined }));
  let layoutTimer: ReturnType<typeof setTimeout> | undefined;

  const change = async (part: Partial<Settings>): Promise<void> => {
    const { settings } = store.getState();
    if (settings) store.setState({ settings: { ...settings, ...part } });
    try {
      await client.app.configure({ change: part });
    } catch (thrown) {
      onFailure(thrown);
    }
  };

  return {
    store,
    change,
    async load(): Promise<void> {
      try {
        const { settings, problem } = await client.app.settings({});
        store.setState({ loaded: true, settings, problem: problem ?? undefined });
      } catch (thrown) {
        store.setState({ loaded: true });
        onFailure(thrown);
      }
    },
    layoutOf: (workspace: string): unknown => store.getState().settings?.layout[workspace],
    /** Kept a moment later, so that dragging a panel is one change. */
    saveLayout(workspace: string, layout: unknown): void {
      const { settings } = store.getState();
      if (!settings) return;
      const layouts = { ...settings.layout, [workspace]: layout };
      store.setState({ settings: { ...settings, layout: layouts } });
      clearTimeout(layoutTimer);
      // The layout is a comfort: where the kernel cannot keep it, nobody is disturbed.
      layoutTimer = setTimeout(
        () => void client.app.arrange({ workspace, layout }).catch(() => undefined),
        LAYOUT_DELAY_MS,
      );
    },
    async remember(workspace: string): Promise<void> {
      const recent = store.getState().settings?.recentWorkspaces ?? [];
      if (recent[0] === workspace) return;
      const others = recent.filter((other) => other !== workspace);
      const { settings } = store.getState();
      if (settings)
        store.setState({ settings: { ...settings, recentWorkspaces: [workspace, ...others].slice(0, RECENT_LIMIT) } });
      // Like the layout, a comfort.
      await client.app.arrange({ workspace }).catch(() => undefined);
    },
  };
}
