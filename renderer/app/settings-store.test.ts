import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../schema/contract/app.ts';
import { SettingsStore } from './settings-store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('two windows that lay panels out at the same time both keep their layouts', async () => {
  let kept: Settings = DEFAULT_SETTINGS;
  const windows: { readonly tell: () => void; readonly store: SettingsStore }[] = [];
  const open = (): SettingsStore => {
    let tell = (): void => undefined;
    const client = {
      app: {
        settings: async () => ({ settings: kept, problem: null }),
        async configure({ change }: { change: Partial<Settings> }) {
          kept = { ...kept, ...change };
          for (const window of windows) window.tell();
          return kept;
        },
        async *watch(_input: object, { signal }: { signal?: AbortSignal } = {}) {
          for (;;) {
            if (signal?.aborted !== false) return;
            yield { settings: kept };
            await new Promise<void>((resolve) => {
              tell = resolve;
              signal.addEventListener('abort', () => resolve(), { once: true });
            });
          }
        },
      },
    };
    // Only what the store calls is there.
    const fake = client as unknown as ConstructorParameters<typeof SettingsStore>[0]['client'];
    const store = new SettingsStore({ client: fake, onFailure: () => undefined });
    windows.push({ tell: () => tell(), store });
    return store;
  };
  const leaving = new AbortController();
  const [first, second] = [open(), open()];
  await Promise.all([first.load(), second.load()]);
  const following = [first, second].map((store) => store.follow(leaving.signal));
  await vi.advanceTimersByTimeAsync(0);
  first.saveLayout('/work', { of: 'first' });
  await vi.advanceTimersByTimeAsync(300);
  second.saveLayout('/work#window-2', { of: 'second' });
  // The first is kept while the second is not yet.
  await vi.advanceTimersByTimeAsync(600);
  expect(second.layoutOf('/work#window-2')).toEqual({ of: 'second' });
  await vi.advanceTimersByTimeAsync(2000);
  expect(kept.layout).toEqual({ '/work': { of: 'first' }, '/work#window-2': { of: 'second' } });
  leaving.abort();
  await vi.advanceTimersByTimeAsync(2000);
  await Promise.all(following);
});
