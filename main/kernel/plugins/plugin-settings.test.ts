import { expect, test } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import { directSchemaWork } from '../tools/direct-schema-work.fixture.ts';
import type { Kept } from './installing/installed-record.ts';
import { type KeptPluginSettings, PluginSettings } from './plugin-settings.ts';

const SCHEMA = {
  type: 'object',
  properties: { language: { type: 'string', default: 'en' }, limit: { type: 'integer', minimum: 1 } },
  additionalProperties: false,
};

function keptInMemory(): Kept<KeptPluginSettings> {
  const values = new Map<string, KeptPluginSettings>();
  return {
    all: () => [...values.values()],
    get: (id) => values.get(id),
    async putSynced(id, value) {
      values.set(id, value);
    },
    delete: (id) => void values.delete(id),
    flush: async () => undefined,
  };
}

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'no fault';
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.code;
    throw thrown;
  }
}

test('settings have their defaults, are kept as they were set, and go with their plugin', async () => {
  const settings = new PluginSettings({ work: directSchemaWork, kept: keptInMemory(), schemaOf: () => SCHEMA });
  expect((await settings.get('words')).values).toEqual({ language: 'en' });
  expect(await settings.set('words', { limit: 3 })).toEqual({ language: 'en', limit: 3 });
  expect(await settings.forCall('words')).toEqual({ language: 'en', limit: 3 });
  await settings.forget('words');
  expect(await settings.forCall('words')).toEqual({ language: 'en' });
});

test('what is not of the schema is not kept, and a plugin without settings has none', async () => {
  const settings = new PluginSettings({
    work: directSchemaWork,
    kept: keptInMemory(),
    schemaOf: (id) => (id === 'words' ? SCHEMA : undefined),
  });
  expect(
    await Promise.all([
      codeOf(() => settings.set('words', { limit: 0 })),
      codeOf(() => settings.set('words', { other: 1 })),
      codeOf(() => settings.set('fs', {})),
      codeOf(() => settings.get('fs')),
    ]),
  ).toEqual(['invalid_setting', 'invalid_setting', 'plugin_unknown', 'plugin_unknown']);
  expect(await settings.forCall('fs')).toBeUndefined();
  expect((await settings.get('words')).values).toEqual({ language: 'en' });
});

test('after an update, what no longer fits is left out, and what is required and missing is asked for before a call', async () => {
  let schema: Record<string, unknown> = SCHEMA;
  const settings = new PluginSettings({ work: directSchemaWork, kept: keptInMemory(), schemaOf: () => schema });
  await settings.set('words', { limit: 3 });
  schema = { type: 'object', properties: { limit: { type: 'string', default: 'all' } } };
  expect(await settings.forCall('words')).toEqual({ limit: 'all' });
  schema = { type: 'object', properties: { server: { type: 'string' } }, required: ['server'] };
  expect((await settings.get('words')).values).toEqual({});
  expect(await codeOf(() => settings.forCall('words'))).toBe('invalid_setting');
  await settings.set('words', { server: 'a' });
  expect(await settings.forCall('words')).toEqual({ server: 'a' });
});

test('what is required and missing takes nothing else away: defaults are shown, and what was set stays', async () => {
  const properties = { language: { type: 'string', default: 'en' }, limit: { type: 'integer' } };
  let schema: Record<string, unknown> = { type: 'object', properties };
  const settings = new PluginSettings({ work: directSchemaWork, kept: keptInMemory(), schemaOf: () => schema });
  await settings.set('words', { language: 'de', limit: 3 });
  schema = { type: 'object', properties: { ...properties, server: { type: 'string' } }, required: ['server'] };
  expect((await settings.get('words')).values).toEqual({ language: 'de', limit: 3 });
  expect((await settings.get('others')).values).toEqual({ language: 'en' });
  expect(await codeOf(() => settings.forCall('words'))).toBe('invalid_setting');
});
