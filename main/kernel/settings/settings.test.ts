import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../schema/contract/app.ts';
import { SettingsStore } from './settings.ts';

function storeOf(text: string | undefined) {
  const file = { text, aside: false };
  const store = new SettingsStore({
    read: () => file.text,
    write: (next) => {
      file.text = next;
    },
    setAside() {
      file.aside = true;
      return 'settings.json.unreadable';
    },
  });
  return { store, file };
}

describe('settings', () => {
  it('are the defaults where there is no file', () => {
    const { store } = storeOf(undefined);
    expect([store.current, store.problem]).toEqual([DEFAULT_SETTINGS, null]);
  });

  it('keep what a change does not name', () => {
    const { store, file } = storeOf('{"theme":"dark"}');
    store.change({ language: 'de' });
    expect(JSON.parse(file.text ?? '')).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', language: 'de' });
  });

  it('are followed from what they are, through every change, until nobody listens any more', async () => {
    const { store } = storeOf(undefined);
    const leaving = new AbortController();
    const seen: string[] = [];
    for await (const { settings } of store.watch(leaving.signal)) {
      seen.push(settings.theme);
      if (seen.length === 1) store.change({ theme: 'dark' });
      else leaving.abort();
    }
    expect(seen).toEqual(['system', 'dark']);
  });

  it.each(['{ half', '[]', 'null', '{"theme":"pink"}', '{"them":"dark"}', ''])(
    'that cannot be used (%s) are set aside and said',
    (text) => {
      const { store, file } = storeOf(text);
      expect(store.current).toEqual(DEFAULT_SETTINGS);
      expect(store.problem).toContain('settings.json.unreadable');
      expect(file).toEqual({ text, aside: true });
    },
  );

  it('refuse a change that is not of the schema and stay as they were', () => {
    const { store, file } = storeOf(undefined);
    expect(() => store.change({ terminalFontSize: 1 })).toThrow(/terminalFontSize/);
    expect(file.text).toBeUndefined();
    expect(store.current).toEqual(DEFAULT_SETTINGS);
  });

  it('remember the newest workspaces, each once', () => {
    const { store } = storeOf(undefined);
    for (let n = 0; n < 12; n += 1) store.arrange(`/w${n}`, undefined);
    store.arrange('/w5', { grid: 1 });
    expect(store.current.recentWorkspaces.slice(0, 3)).toEqual(['/w5', '/w11', '/w10']);
    expect(store.current.recentWorkspaces).toHaveLength(10);
    expect(store.current.layout).toEqual({ '/w5': { grid: 1 } });
  });
});
