import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../../schema/contract/app.ts';
import { pluginHandlers } from '../../../kernel/plugins/handlers.ts';
import { writeIndex } from '../../../platform/plugin-files/package-author.ts';
import {
  archiveOf,
  finished,
  goodDraft,
  newPublisher,
  tool,
} from '../../../platform/plugin-files/testing/package-draft.ts';
import { PluginHome } from '../../../platform/plugin-files/testing/plugin-home.ts';
import type { CommandContext, Result } from '../../command.ts';
import { updateCommand } from './plugin-update.ts';

const acme = newPublisher('Acme tools');
const beta = newPublisher('Beta tools');
let home: PluginHome;
let teamPlugins = '';

beforeEach(async () => {
  home = new PluginHome();
  teamPlugins = '';
  for (const { name, publicKey } of [acme, beta]) await home.publishers.trust(name, { publicKey });
});
afterEach(() => home[Symbol.dispose]());

const folder = (): string => join(home.root, 'sources');
const versions = async (): Promise<string[]> =>
  (await home.registry.list()).map(({ id, version, state }) => `${id} ${version} ${state}`);

async function offer(id: string, version: string, by = acme): Promise<string> {
  const draft = goodDraft(by.name, { id, version, tools: [tool({ name: `${id}.count` })] });
  const source = home.source(`${id}.tgz`, await archiveOf(finished(draft, by)));
  await writeIndex(folder());
  return source;
}

async function install(id: string, version: string): Promise<void> {
  const source = await offer(id, version);
  const { digest, capabilities } = await home.installer.inspect({ source });
  await home.installer.install({ source, consent: { digest, capabilities } });
}

/** The command, on the handlers of the home. */
async function update(names: readonly string[], options: Record<string, string | boolean> = {}) {
  const { registry, installer, developments, publishers, records, store, logs, settings } = home;
  const parts = { registry, installer, developments, publishers, records, store, logs, settings };
  const handlers = pluginHandlers({ ...parts, doUpkeep: (_what, signal, work) => work(signal) });
  const { signal } = new AbortController();
  const called = { signal, note: () => undefined } as never; // the handlers use no more of it
  const client = {
    app: { settings: () => ({ settings: { ...DEFAULT_SETTINGS, teamPlugins } }) },
    plugin: {
      offers: (input: never) => handlers.offers(input, called),
      inspect: (input: never) => handlers.inspect(input, called),
      install: (input: never) => handlers.install(input, called),
    },
  };
  const context = { values: options, positionals: names, signal, connect: async () => client };
  // The command uses no more of its context, answers a document, and this is its form.
  const { document, text, exitCode } = (await updateCommand.run(context as unknown as CommandContext)) as Result & {
    document: Record<'updated' | 'waiting' | 'failed' | 'left', readonly { id: string }[]>;
  };
  const ids = Object.entries(document).flatMap(([kind, of]) =>
    Array.isArray(of) ? of.map(({ id }: { id: string }) => `${kind} ${id}`) : [],
  );
  return { ids, text, exitCode };
}

test('what asks for nothing more is updated, what does waits for consent, and an older one stays', async () => {
  for (const id of ['adds', 'keeps', 'newer', 'same']) await install(id, '1.0.0');
  await offer('adds', '1.1.0', beta);
  await offer('keeps', '1.10.0');
  await offer('newer', '0.9.0');
  await offer('other', '1.0.0');
  const first = await update([], { from: folder() });
  expect(first).toMatchObject({ ids: ['updated keeps', 'waiting adds', 'left newer'], exitCode: 4 });
  expect(first.text).toContain('It was signed by "Acme tools"; this one is signed by "Beta tools".');
  expect(first.text).toContain('newer 1.0.0 stays: the folder offers the older 0.9.0.');
  const left = ['adds 1.0.0 registered', 'keeps 1.10.0 registered', 'newer 1.0.0 registered', 'same 1.0.0 registered'];
  expect(await versions()).toEqual(left);
  expect(await update([], { from: folder(), yes: true })).toMatchObject({
    ids: ['updated adds', 'left newer'],
    exitCode: 0,
  });
  expect((await versions())[0]).toBe('adds 1.1.0 registered');
});

test('those that are named are updated and no other; an older one not even then', async () => {
  for (const id of ['a', 'b']) await install(id, '1.0.0');
  for (const id of ['a', 'b']) await offer(id, '1.1.0');
  expect(await update(['b'], { from: folder() })).toMatchObject({ ids: ['updated b'], exitCode: 0 });
  await offer('b', '1.0.0');
  expect(await update(['b'], { from: folder(), yes: true })).toMatchObject({ ids: ['left b'], exitCode: 0 });
  expect(await versions()).toEqual(['a 1.0.0 registered', 'b 1.1.0 registered']);
  await expect(update(['c'], { from: folder() })).rejects.toMatchObject({ code: 'not_found' });
  await offer('c', '1.0.0');
  await expect(update(['c'], { from: folder() })).rejects.toMatchObject({ code: 'not_found' });
});

test('one that fails is said, and the others go on', async () => {
  for (const id of ['a', 'b']) await install(id, '1.0.0');
  for (const id of ['a', 'b']) await offer(id, '1.1.0');
  writeFileSync(join(folder(), 'a.tgz'), 'another file');
  const done = await update([], { from: folder(), yes: true });
  expect(done).toMatchObject({ ids: ['updated b', 'failed a'], exitCode: 1 });
  expect(done.text).toContain('digest_mismatch');
});

test('a package that is not what the index says is not taken, whoever agrees', async () => {
  await install('a', '1.0.0');
  await offer('a', '0.9.0');
  const index = join(folder(), 'index.json');
  writeFileSync(index, readFileSync(index, 'utf8').replace('0.9.0', '2.0.0'));
  const done = await update([], { from: folder(), yes: true });
  expect(done).toMatchObject({ ids: ['failed a'], exitCode: 1 });
  expect(await versions()).toEqual(['a 1.0.0 registered']);
});

test('the folder is that of the settings where the line names none', async () => {
  await install('a', '1.0.0');
  await expect(update([])).rejects.toMatchObject({ code: 'usage' });
  teamPlugins = folder();
  expect(await update([])).toMatchObject({
    ids: [],
    exitCode: 0,
    text: expect.stringContaining('up to date') as string,
  });
});
