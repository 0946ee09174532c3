import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PluginInspection, PluginSummary } from '../../../schema/contract/plugin.ts';
import { Fault } from '../../../schema/fault.ts';
import {
  archiveOf,
  entriesOf,
  finished,
  goodDraft,
  newPublisher,
  type PackageDraft,
  withDigests,
} from './testing/package-draft.ts';
import { PluginHome } from './testing/plugin-home.ts';

const publisher = newPublisher('Acme tools');
const draft = (changes: Record<string, unknown> = {}): PackageDraft =>
  finished(goodDraft(publisher.name, changes), publisher);
let home: PluginHome;

beforeEach(async () => {
  home = new PluginHome();
  await home.publishers.trust(publisher.name, { publicKey: publisher.publicKey });
});
afterEach(() => home[Symbol.dispose]());

async function packed(name: string, changes?: Record<string, unknown>): Promise<string> {
  return home.source(name, await archiveOf(draft(changes)));
}

function consentTo({ digest, capabilities }: PluginInspection) {
  return { digest, capabilities };
}

async function agreeAndInstall(source: string): Promise<PluginSummary> {
  const consent = consentTo(await home.installer.inspect({ source }));
  return (await home.installer.install({ source, consent })).plugin;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no fault';
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.code;
    throw thrown;
  }
}

describe('installing a plugin', () => {
  it('needs consent to exactly this package, and says in sentences what to', async () => {
    const source = await packed('words.tgz');
    const inspection = await home.installer.inspect({ source });
    expect(inspection.mayDo).toEqual(['It may read every file of the workspace.']);
    const others = [
      undefined,
      { ...consentTo(inspection), digest: '0'.repeat(64) },
      { ...consentTo(inspection), capabilities: [] },
    ];
    for (const consent of others)
      expect(await codeOf(home.installer.install({ source, consent }))).toBe('consent_needed');
    expect(home.left()).toEqual([]);
    const { plugin } = await home.installer.install({ source, consent: consentTo(inspection) });
    expect(plugin).toMatchObject({ id: 'words', state: 'registered', tags: ['third_party'], signer: 'Acme tools' });
    expect(home.left()).toEqual([inspection.digest]);
    const [name] = plugin.tools;
    expect(await home.registry.tool(name ?? '')).toMatchObject({ entry: `/installed/${inspection.digest}/index.cjs` });
  });

  it('lets nothing in a package be run by itself but what the manifest says is a program', async () => {
    const modes = async (changes: Record<string, unknown>): Promise<number[]> => {
      const { manifest, files } = goodDraft(publisher.name, { runtime: 'mcp', ...changes });
      const source = home.source(
        'words.tgz',
        await archiveOf(finished({ manifest, files: { ...files, 'other.sh': '#!/bin/sh' } }, publisher)),
      );
      const { digest } = await agreeAndInstall(source);
      return ['index.cjs', 'other.sh'].map((path) => statSync(join(home.root, 'plugins', digest, path)).mode & 0o777);
    };
    expect(await modes({ program: 'node' })).toEqual([0o644, 0o644]);
    expect(await modes({ program: 'binary', version: '1.1.0' })).toEqual([0o755, 0o644]);
  });

  it('says what to do where there is nothing of that name', async () => {
    await expect(home.installer.inspect({ source: join(home.root, 'none.tgz') })).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(/there is nothing of that name$/),
      fix: expect.stringMatching(/^Mind the path/),
    });
  });

  it('takes a folder as it takes an archive, to the same digest', async () => {
    const folder = join(home.root, 'sources', 'words');
    for (const { path, content = '' } of entriesOf(draft())) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const [fromFolder, fromArchive] = [folder, await packed('words.tgz')];
    const { digest } = await home.installer.inspect({ source: fromFolder });
    expect((await home.installer.inspect({ source: fromArchive })).digest).toBe(digest);
    await agreeAndInstall(fromFolder);
    expect(readFileSync(join(home.root, 'plugins', digest, 'lib/a.js'), 'utf8')).toBe('a\n');
    symlinkSync('/etc/passwd', join(folder, 'passwd'));
    expect(await codeOf(home.installer.inspect({ source: folder }))).toBe('plugin_refused');
    expect(home.left()).toEqual([digest]);
  });

  it('asks again where an update may do more, and only then', async () => {
    await agreeAndInstall(await packed('1.tgz'));
    const same = await packed('2.tgz', { version: '1.1.0' });
    expect(await home.installer.inspect({ source: same })).toMatchObject({ installed: '1.0.0', needsConsent: false });
    expect((await home.installer.install({ source: same })).plugin).toMatchObject({ version: '1.1.0' });
    const capabilities = [{ name: 'workspace.read', paths: ['**'] }, { name: 'process.run' }];
    const more = await packed('3.tgz', { version: '1.2.0', capabilities });
    expect((await home.installer.inspect({ source: more })).added).toEqual([
      'It may run commands, inside of the sandbox.',
    ]);
    expect(await codeOf(home.installer.install({ source: more }))).toBe('consent_needed');
    expect(await home.registry.list()).toMatchObject([{ version: '1.1.0' }]);
    const updated = await agreeAndInstall(more);
    expect(updated.version).toBe('1.2.0');
    expect(home.left()).toEqual([updated.digest]);
  });

  it('leaves nothing behind when it is removed', async () => {
    await agreeAndInstall(await packed('words.tgz'));
    expect(await home.installer.remove('words')).toEqual({ removed: '1.0.0', secrets: [] });
    expect([home.left(), home.records.installed.all(), await home.registry.list()]).toEqual([[], [], []]);
    expect(await home.registry.tools()).toEqual([]);
    expect(await codeOf(home.installer.remove('words'))).toBe('plugin_unknown');
  });

  it('throws away what it unpacked only once the plugin is kept', async () => {
    const { stage, keep } = home.store;
    const steps: string[] = [];
    home.store.stage = async (source) => {
      const staged = await stage(source);
      return {
        ...staged,
        async [Symbol.asyncDispose]() {
          steps.push('thrown away');
          await staged[Symbol.asyncDispose]();
        },
      };
    };
    home.store.keep = async (staged, digest) => {
      await keep(staged, digest);
      steps.push('kept');
    };
    await agreeAndInstall(await packed('acme.tgz'));
    expect(steps).toEqual(['thrown away', 'kept', 'thrown away']);
  });

  it('that was cut off is swept away by the next start', async () => {
    const { digest } = await agreeAndInstall(await packed('words.tgz'));
    mkdirSync(join(home.root, 'staging', 'p-cut-off'));
    mkdirSync(join(home.root, 'plugins', 'f'.repeat(64)));
    await home.installer.recover();
    expect(home.left()).toEqual([digest]);
  });

  it('needs no signature where the settings say so, but nobody else’s name', async () => {
    const unsigned = (who: string) => archiveOf(withDigests(goodDraft(who)));
    const [mine, theirs] = [await unsigned('Me'), await unsigned('ACME tools')];
    const source = home.source('mine.tgz', mine);
    expect(await codeOf(home.installer.inspect({ source }))).toBe('plugin_refused');
    home.unsigned = 'allowed';
    expect((await agreeAndInstall(source)).signer).toBeUndefined();
    expect(await codeOf(home.installer.inspect({ source: home.source('theirs.tgz', theirs) }))).toBe('plugin_refused');
    home.unsigned = 'refused';
    await home.registry.refresh();
    expect(await home.registry.list()).toMatchObject([
      { id: 'words', state: 'refused', reason: expect.stringContaining('missing_signature') as string },
    ]);
  });
});

describe('an installed plugin', () => {
  it('is ended where it runs, whenever it is offered no more: disabled, updated, distrusted, removed', async () => {
    const { digest } = await agreeAndInstall(await packed('words.tgz'));
    const ended = `words /installed/${digest}/index.cjs`;
    expect(home.withdrawn).toEqual([]);
    await home.installer.setDisabled('words', 'disabled by the operator');
    expect(home.withdrawn).toEqual([ended]);
    await home.installer.setDisabled('words', undefined);
    await home.publishers.distrust(publisher.name);
    await home.publishers.trust(publisher.name, { publicKey: publisher.publicKey });
    expect(home.withdrawn).toEqual([ended, ended]);
    const updated = await agreeAndInstall(await packed('later.tgz', { version: '1.1.0' }));
    expect(home.withdrawn).toEqual([ended, ended, ended]);
    await home.installer.remove('words');
    expect(home.withdrawn.at(-1)).toBe(`words /installed/${updated.digest}/index.cjs`);
  });

  it('is refused once its publisher is trusted no longer, and back when it is again', async () => {
    await agreeAndInstall(await packed('words.tgz'));
    expect(await home.publishers.distrust(publisher.name)).toEqual(['words']);
    expect(await home.registry.list()).toMatchObject([{ id: 'words', state: 'refused', tools: [] }]);
    expect(await home.registry.tools()).toEqual([]);
    await home.publishers.trust(publisher.name, { publicKey: publisher.publicKey });
    expect(await home.registry.list()).toMatchObject([{ id: 'words', state: 'registered' }]);
    const other = newPublisher(publisher.name);
    expect(await codeOf(home.publishers.trust(other.name, { publicKey: other.publicKey }))).toBe('publisher_known');
  });

  it('is refused when what lies in the store was tampered with', async () => {
    const { digest } = await agreeAndInstall(await packed('words.tgz'));
    writeFileSync(join(home.root, 'plugins', digest, 'lib/a.js'), 'stolen()\n');
    await home.registry.refresh();
    expect(await home.registry.list()).toMatchObject([
      { id: 'words', state: 'refused', reason: expect.stringContaining('digest_mismatch') as string },
    ]);
    expect(await home.registry.tools()).toEqual([]);
  });

  it('is disabled and enabled by hand, and by its third crash in five minutes', async () => {
    await agreeAndInstall(await packed('words.tgz'));
    expect(await home.installer.setDisabled('words', 'disabled by the operator')).toMatchObject({ state: 'disabled' });
    expect(await home.registry.tools()).toEqual([]);
    expect(await home.installer.setDisabled('words', undefined)).toMatchObject({ state: 'registered' });
    home.registry.onCrash('words');
    home.registry.onCrash('words');
    home.clock.advance(5 * 60_000);
    home.registry.onCrash('words');
    home.registry.onCrash('words');
    expect(await home.installer.remove('nobody').catch(() => 'in turn')).toBe('in turn');
    expect(await home.registry.list()).toMatchObject([{ state: 'registered' }]);
    home.registry.onCrash('words');
    home.registry.onCrash('of the program');
    await expect.poll(() => home.audit.at(-1)).toMatchObject({ type: 'plugin_disabled', data: { plugin: 'words' } });
    expect(await home.registry.list()).toMatchObject([{ state: 'disabled', reason: expect.any(String) as string }]);
    expect(await home.registry.tools()).toEqual([]);
  });
});

describe('a publisher that the policy trusts', () => {
  it('is trusted in the place of one that the operator added, and only the policy ends that', async () => {
    const other = newPublisher(publisher.name);
    const source = await packed('words.tgz');
    await agreeAndInstall(source);
    home.policyPublishers = [{ name: other.name, public_key: other.publicKey }];
    await home.registry.refresh();
    expect((await home.registry.list()).map(({ state }) => state)).toEqual(['refused']);
    expect(home.publishers.list()).toEqual([{ name: other.name, publicKey: other.publicKey, byPolicy: true }]);
    expect(await codeOf(home.publishers.distrust(other.name))).toBe('set_by_policy');
    expect(await codeOf(home.publishers.trust(other.name, { publicKey: publisher.publicKey }))).toBe('set_by_policy');
    home.policyPublishers = [];
    await home.registry.refresh();
    expect((await home.registry.list()).map(({ state }) => state)).toEqual(['registered']);
  });
});
