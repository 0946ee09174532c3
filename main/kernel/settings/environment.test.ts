import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../schema/contract/app.ts';
import { settingsFromEnvironment, variableOf } from './environment.ts';
import { SettingsStore } from './settings.ts';

test('the environment sets what is not a matter of security, as the schema wants it', () => {
  const env = { CAVERN_TASKS_AT_ONCE: '3', CAVERN_SANDBOX_POOL_MIB: '0', CAVERN_EDITOR: '7', CAVERN_THEME: '' };
  expect(settingsFromEnvironment(env)).toEqual({ tasksAtOnce: 3, sandboxPoolMiB: 0, editor: '7' });
});

test.each([
  ['CAVERN_TASKS_AT_ONCE', 'many'],
  ['CAVERN_TASKS_AT_ONCE', '1000'],
  ['CAVERN_TASKS_AT_ONCE', '-1'],
  ['CAVERN_THEME', 'pink'],
])('%s=%s is refused with what it is', (variable, text) => {
  expect(() => settingsFromEnvironment({ [variable]: text })).toThrow(
    expect.objectContaining({ code: 'invalid_setting', why: `It is "${text}".` }),
  );
});

test('no variable opens what is a matter of security', () => {
  for (const name of [
    'hiddenFiles',
    'approvalTimeoutMs',
    'automaticMerge',
    'retention',
    'gateway',
    'allowUnsignedPlugins',
  ] as const) {
    expect(() => settingsFromEnvironment({ [variableOf(name)]: 'true' })).toThrow('the environment may not set');
  }
});

test('the environment goes before what the operator chose, is not written down, and each value says where it is from', () => {
  let text: string | undefined = '{"theme":"dark","tasksAtOnce":2}';
  const file = { read: () => text, write: (next: string) => (text = next), setAside: () => '' };
  const store = new SettingsStore(file, { tasksAtOnce: 3 });
  expect([store.current.tasksAtOnce, store.current.theme]).toEqual([3, 'dark']);
  expect(store.sources).toMatchObject({ tasksAtOnce: 'environment', theme: 'user', language: 'default' });
  expect(store.change({ tasksAtOnce: 5, language: 'de' })).toMatchObject({ tasksAtOnce: 3, language: 'de' });
  expect(JSON.parse(text)).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', language: 'de', tasksAtOnce: 5 });
});
