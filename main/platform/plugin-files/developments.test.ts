import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PluginInspection, PluginSummary } from '../../../schema/contract/plugin.ts';
import { Fault } from '../../../schema/fault.ts';
import { archiveOf, finished, goodDraft, newPublisher, withDigests } from './testing/package-draft.ts';
import { PluginHome } from './testing/plugin-home.ts';

const publisher = newPublisher('Acme tools');
let home: PluginHome;
let folder = '';
let ending: AbortController;
let packages = 0;

beforeEach(async () => {
  home = new PluginHome();
  ending = new AbortController();
  folder = join(home.root, 'sources', 'words');
  mkdirSync(folder, { mode: 0o755 });
  // Trusted, and all the same nothing that is developed counts as theirs.
  await home.publishers.trust(publisher.name, { publicKey: publisher.publicKey });
});
afterEach(async () => {
  ending.abort();
  await home.developments[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

interface Held {
  readonly development: string;
  end(): Promise<void>;
}

async function opened(at = folder): Promise<Held> {
  const own = new AbortController();
  const held = home.developments.open(at, AbortSignal.any([own.signal, ending.signal]));
  const { value } = await held.next();
  if (value === undefined) throw new Error('It was not opened');
  const ended = held.next();
  return {
    ...value,
    async end() {
      own.abort();
      await ended;
    },
  };
}

async function built(changes: Record<string, unknown> = {}): Promise<string> {
  return home.source(`${(packages += 1)}.tgz`, await archiveOf(withDigests(goodDraft(publisher.name, changes))));
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error('It did not fail');
}

async function asked(development: string, source: string): Promise<PluginInspection> {
  const fault = await faultOf(home.developments.reload({ development, source }));
  expect(fault.code).toBe('consent_needed');
  const { inspection }: { inspection: PluginInspection } = Object(fault.data);
  return inspection;
}

async function agreed(development: string, source: string): Promise<PluginSummary> {
  const { digest, capabilities } = await asked(development, source);
  return home.developments.reload({ development, source, consent: { digest, capabilities } });
}

const listed = async (): Promise<(string | undefined)[][]> =>
  (await home.registry.list()).map(({ id, version, state, development }) => [id, version, state, development]);

describe('a plugin under development', () => {
  it('is offered once it was agreed to, and as it was built last, without another question', async () => {
    const { development } = await opened();
    expect(await agreed(development, await built())).toMatchObject({ state: 'registered', development: folder });
    await home.developments.reload({ development, source: await built({ version: '2.0.0', description: 'Better' }) });
    expect(await listed()).toEqual([['words', '2.0.0', 'registered', folder]]);
    expect(home.left()).toHaveLength(1);
    expect(home.withdrawn).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['to run commands', { capabilities: [{ name: 'process.run' }] }, 'It may run commands, inside of the sandbox.'],
    ['in another name', { publisher: 'Beta tools' }, 'It says now that "Beta tools" made it.'],
    ['in another profile', { profile: 'agent' }, 'It runs in the profile "agent" now.'],
  ])(
    'that asks for more (%s) waits for a new consent; what was agreed to goes on',
    async (_what, changes, sentence) => {
      const { development } = await opened();
      await agreed(development, await built());
      const source = await built({ version: '3.0.0', ...changes });
      expect((await asked(development, source)).added).toContain(sentence);
      expect(await listed()).toEqual([['words', expect.any(String), 'registered', folder]]);
      expect((await home.registry.list())[0]?.version).not.toBe('3.0.0');
      await agreed(development, source);
      expect((await home.registry.list())[0]?.version).toBe('3.0.0');
    },
  );

  it('is gone when its development ends: its tools, its package, what was kept of it', async () => {
    const held = await opened();
    await agreed(held.development, await built());
    await held.end();
    expect(await listed()).toEqual([]);
    expect(home.left()).toEqual([]);
    expect(home.developed).toEqual(['words']);
    expect(home.audit.at(-1)).toMatchObject({ type: 'plugin_removed', data: { plugin: 'words', development: folder } });
    const late = home.developments.reload({ development: held.development, source: await built() });
    expect((await faultOf(late)).code).toBe('development_unknown');
  });

  it('stands in the place of the installed one of its name, which comes back', async () => {
    const source = home.source('signed.tgz', await archiveOf(finished(goodDraft(publisher.name), publisher)));
    const { digest, capabilities } = await home.installer.inspect({ source });
    await home.installer.install({ source, consent: { digest, capabilities } });
    const held = await opened();
    await agreed(held.development, await built({ version: '9.0.0' }));
    expect(await listed()).toEqual([['words', '9.0.0', 'registered', folder]]);
    await held.end();
    expect(await listed()).toEqual([['words', expect.any(String), 'registered', undefined]]);
    expect(home.left()).toEqual([digest]);
  });

  it('is refused where anything is wrong with it, and what was offered stays', async () => {
    const { development } = await opened();
    await agreed(development, await built());
    const wrong = home.developments.reload({ development, source: await built({ entry: 'missing.cjs' }) });
    expect((await faultOf(wrong)).code).toBe('plugin_refused');
    expect((await home.registry.list())[0]?.state).toBe('registered');
    expect(home.left()).toHaveLength(1);
  });

  it('is refused where the policy lets nothing unsigned come in, at once', async () => {
    const { development } = await opened();
    await agreed(development, await built());
    home.unsignedDevelopment = 'refused';
    const next = home.developments.reload({ development, source: await built({ version: '2.0.0' }) });
    expect((await faultOf(next)).message).toContain('missing_signature');
    await home.registry.refresh();
    expect((await home.registry.list())[0]).toMatchObject({ id: 'words', state: 'refused' });
  });

  it('lies in a folder that nobody else can write to', async () => {
    chmodSync(folder, 0o777);
    expect((await faultOf(opened())).code).toBe('not_own_folder');
    chmodSync(folder, 0o755);
    symlinkSync(folder, join(home.root, 'sources', 'link'));
    expect((await faultOf(opened(join(home.root, 'sources', 'link')))).code).toBe('not_own_folder');
  });

  it('is not offered twice under one name', async () => {
    const first = await opened();
    await agreed(first.development, await built());
    const second = await opened();
    const source = await built({ version: '2.0.0' });
    const fault = await faultOf(home.developments.reload({ development: second.development, source }));
    expect(fault.message).toContain('name_taken');
  });
});
