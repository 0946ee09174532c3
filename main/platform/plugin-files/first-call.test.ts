import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CallContext } from '../../kernel/dispatch/context.ts';
import { pluginHandlers } from '../../kernel/plugins/handlers.ts';
import { entriesOf, goodDraft } from './testing/package-draft.ts';
import { PluginHome } from './testing/plugin-home.ts';

const context = { signal: new AbortController().signal, note: () => undefined } as unknown as CallContext; // these handlers use no more of it
const settings = { type: 'object', properties: { limit: { type: 'integer', default: 3 } } };
let builtin = '';

beforeEach(() => {
  builtin = mkdtempSync(join(tmpdir(), 'cavern-builtin-'));
  for (const { path, content = '' } of entriesOf(goodDraft('Acme tools', { settings }))) {
    mkdirSync(dirname(join(builtin, 'words', path)), { recursive: true });
    writeFileSync(join(builtin, 'words', path), content);
  }
});
afterEach(() => rmSync(builtin, { recursive: true, force: true }));

function handlersOf(home: PluginHome) {
  const { registry, installer, developments, publishers, records, store, logs, settings: values } = home;
  const parts = { registry, installer, developments, publishers, records, store, logs, settings: values };
  return pluginHandlers({ ...parts, doUpkeep: (_what, signal, work) => work(signal) });
}

it('settings can be the first thing that a kernel is asked for, as by the command line', async () => {
  using asked = new PluginHome(builtin);
  expect(await handlersOf(asked).settings({ id: 'words' }, context)).toEqual({
    schema: settings,
    values: { limit: 3 },
  });
  using told = new PluginHome(builtin);
  expect(await handlersOf(told).configure({ id: 'words', values: { limit: 7 } }, context)).toEqual({
    values: { limit: 7 },
  });
});
