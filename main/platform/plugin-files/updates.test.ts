import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PluginInspection } from '../../../schema/contract/plugin.ts';
import type { CallContext } from '../../kernel/dispatch/context.ts';
import { pluginHandlers } from '../../kernel/plugins/handlers.ts';
import { teamOffers } from '../../kernel/plugins/installing/team-folder.ts';
import { writeIndex } from './package-author.ts';
import {
  archiveOf,
  finished,
  goodDraft,
  newPublisher,
  type TestPublisher,
  tool,
  withDigests,
} from './testing/package-draft.ts';
import { PluginHome } from './testing/plugin-home.ts';

const acme = newPublisher('Acme tools');
const beta = newPublisher('Beta tools');
const PATH = { type: 'object', properties: { path: { type: 'string', format: 'workspace-path' } } };
let home: PluginHome;
let packages = 0;

beforeEach(async () => {
  home = new PluginHome();
  for (const { name, publicKey } of [acme, beta]) await home.publishers.trust(name, { publicKey });
});
afterEach(() => home[Symbol.dispose]());

interface Packed {
  readonly by?: TestPublisher;
  readonly file?: string;
  readonly changes?: Record<string, unknown>;
}

async function packed({ by = acme, file, changes }: Packed = {}): Promise<string> {
  const content = await archiveOf(finished(goodDraft(by.name, changes), by));
  return home.source(file ?? `${(packages += 1)}.tgz`, content);
}

async function unsigned(publisher: string, changes: Record<string, unknown> = {}): Promise<string> {
  return home.source(`${(packages += 1)}.tgz`, await archiveOf(withDigests(goodDraft(publisher, changes))));
}

async function installed(source: string): Promise<PluginInspection> {
  const { digest, capabilities } = await home.installer.inspect({ source });
  return (await home.installer.install({ source, consent: { digest, capabilities } })).inspection;
}

/** What an update asks for; that it is not installed without is part of it. */
async function asked(source: string): Promise<readonly string[]> {
  const { added, needsConsent } = await home.installer.inspect({ source });
  const before = home.records.installed.all();
  if (needsConsent) {
    await expect(home.installer.install({ source })).rejects.toMatchObject({
      code: 'consent_needed',
      why: added.join(' '),
    });
    expect(home.records.installed.all()).toEqual(before);
  }
  expect(needsConsent).toBe(added.length > 0);
  return added;
}

describe('an update by somebody else', () => {
  it('is asked for, with who signed both, though it may do no more', async () => {
    await installed(await packed());
    const source = await packed({ by: beta, changes: { version: '1.1.0' } });
    expect(await asked(source)).toEqual(['It was signed by "Acme tools"; this one is signed by "Beta tools".']);
    expect(await installed(source)).toMatchObject({ signer: 'Beta tools', installed: '1.0.0', step: 'newer' });
    expect((await home.registry.list())[0]).toMatchObject({ version: '1.1.0', signer: 'Beta tools' });
    expect(await asked(await packed({ by: beta, changes: { version: '1.2.0' } }))).toEqual([]);
  });

  it('is asked for where only one of both is signed, and always where neither is', async () => {
    home.unsigned = 'allowed';
    await installed(await packed());
    expect(await asked(await unsigned('Me', { version: '1.1.0' }))).toEqual([
      'It was signed by "Acme tools"; nobody has signed this one.',
    ]);
    await installed(await unsigned('Me', { version: '1.1.0' }));
    expect(await asked(await packed({ changes: { version: '1.2.0' } }))).toEqual([
      'It was not signed; this one is signed by "Acme tools".',
    ]);
    const unproven = 'Nobody has signed it, so nothing shows that it is by whoever made the one before.';
    expect(await asked(await unsigned('Me', { version: '1.2.0' }))).toEqual([unproven]);
    expect(await asked(await unsigned('You', { version: '1.2.0' }))).toEqual([
      unproven,
      'It says now that "You" made it.',
    ]);
  });

  it('is asked for as a whole where what is installed counts no longer: another key under the name, no trust, other bytes', async () => {
    const { digest } = await installed(await packed());
    const refused = 'What is installed is refused now, so nothing that you agreed to counts: ';
    const other = newPublisher(acme.name);
    await home.publishers.distrust(acme.name);
    await home.publishers.trust(acme.name, { publicKey: other.publicKey });
    const mayDo = 'It may read every file of the workspace.';
    const source = await packed({ by: other, changes: { version: '1.1.0' } });
    expect(await asked(source)).toEqual([expect.stringContaining(`${refused}invalid_signature`), mayDo]);
    await home.publishers.distrust(acme.name);
    const byBeta = await packed({ by: beta, changes: { version: '1.1.0' } });
    expect(await asked(byBeta)).toEqual([expect.stringContaining(`${refused}untrusted_publisher`), mayDo]);
    await home.publishers.trust(acme.name, { publicKey: acme.publicKey });
    writeFileSync(join(home.root, 'plugins', digest, 'lib/a.js'), 'stolen()\n');
    expect(await asked(await packed({ changes: { version: '1.1.0' } }))).toEqual([
      expect.stringContaining(`${refused}digest_mismatch`),
      mayDo,
    ]);
    // The very package that was agreed to mends what was tampered with.
    expect(await asked(await packed())).toEqual([]);
  });
});

describe('the record of an installation', () => {
  it('says what an update took the place of, and what was agreed to for it', async () => {
    const noted: unknown[] = [];
    // The handler uses no more of it.
    const context = {
      signal: new AbortController().signal,
      note: (notes: unknown) => noted.push(notes),
    } as unknown as CallContext;
    const { registry, installer, developments, publishers, records, store, logs, settings } = home;
    const parts = { registry, installer, developments, publishers, records, store, logs, settings };
    const { install } = pluginHandlers({ ...parts, doUpkeep: (_what, signal, work) => work(signal) });
    const agreeTo = async (source: string): Promise<void> => {
      const { digest, capabilities } = await home.installer.inspect({ source });
      await install({ source, consent: { digest, capabilities } }, context);
    };
    await agreeTo(await packed());
    await agreeTo(await packed({ changes: { version: '1.1.0' } }));
    await agreeTo(await packed({ by: beta, changes: { version: '1.0.1' } }));
    const digest = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(noted).toEqual([
      { data: { plugin: 'words', version: '1.0.0', digest, signer: 'Acme tools' } },
      { data: { plugin: 'words', version: '1.1.0', digest, signer: 'Acme tools', replaced: '1.0.0' } },
      {
        data: {
          plugin: 'words',
          version: '1.0.1',
          digest,
          signer: 'Beta tools',
          replaced: '1.1.0',
          agreed:
            'It is an older version: 1.0.1 in the place of 1.1.0. It was signed by "Acme tools"; this one is signed by "Beta tools".',
        },
      },
    ]);
  });
});

describe('an update that is or may do more', () => {
  const before = {
    tags: ['words'],
    tools: [tool({ input: PATH }), tool({ name: 'words.list', effects: ['read'] })],
    capabilities: [{ name: 'workspace.read', paths: ['docs/**'] }],
  };
  it.each<[string, Record<string, unknown>, string]>([
    ['in another profile', { profile: 'agent' }, 'It runs in the profile "agent" now.'],
    ['run by something else', { runtime: 'mcp' }, 'It is run by "mcp" now.'],
    ['with another tag', { tags: ['words', 'trusted'] }, 'It has the tag "trusted" now.'],
    ['without a tag', { tags: [] }, 'It has the tag "words" no longer.'],
    [
      'with another effect',
      { tools: [tool({ input: PATH, effects: ['read', 'write'] })] },
      'Its tool words.count changes something now.',
    ],
    [
      'with a new tool',
      { tools: [...before.tools, tool({ name: 'words.fix', effects: ['read', 'write'] })] },
      'It has a new tool, words.fix, which changes something.',
    ],
    [
      'with paths that are not judged',
      { tools: [tool({ input: { type: 'object', properties: { path: { type: 'string' } } } })] },
      'Its tool words.count no longer says of all paths that the policy is to judge them.',
    ],
    [
      'with other places',
      { capabilities: [{ name: 'workspace.read', paths: ['docs/**', 'src/**'] }] },
      "It may read the workspace's files src/**.",
    ],
  ])('(%s) is asked for', async (_what, changes, sentence) => {
    await installed(await packed({ changes: before }));
    expect(await asked(await packed({ changes: { ...before, ...changes, version: '1.1.0' } }))).toEqual([sentence]);
  });

  it('is not asked for where it may do in one place what it might everywhere', async () => {
    await installed(await packed());
    const capabilities = [{ name: 'workspace.read', paths: ['docs/**'] }];
    expect(await asked(await packed({ changes: { version: '1.1.0', capabilities } }))).toEqual([]);
  });

  it('says apart what was agreed to and what was not, where both are of one kind', async () => {
    await installed(await packed({ changes: before }));
    const capabilities = [{ name: 'workspace.read', paths: ['docs/**', 'src/**'] }];
    const source = await packed({ changes: { ...before, capabilities, version: '1.1.0' } });
    expect(await home.installer.inspect({ source })).toMatchObject({
      mayDo: ["It may read the workspace's files docs/**, src/**."],
      added: ["It may read the workspace's files src/**."],
      kept: ["It may read the workspace's files docs/**."],
    });
  });

  it('is asked for where an MCP server is started otherwise', async () => {
    const server = { ...before, runtime: 'mcp', args: ['--read-only'], env: { LEVEL: 'info' } };
    await installed(await packed({ changes: server }));
    expect(await asked(await packed({ changes: { ...server, version: '1.1.0' } }))).toEqual([]);
    const otherwise = ['It is started with another program, other arguments or other variables now.'];
    for (const changes of [{ args: [] }, { program: 'binary' }, { env: { LEVEL: 'info', ROOT: '/' } }]) {
      expect(await asked(await packed({ changes: { ...server, ...changes, version: '1.1.0' } }))).toEqual(otherwise);
    }
  });

  it('is asked for where a module may use more memory', async () => {
    const wasm = { ...before, runtime: 'wasm', entry: 'index.wasm' };
    const ofModule = async (changes: Record<string, unknown>): Promise<string> => {
      const { manifest, files } = goodDraft(acme.name, { ...wasm, ...changes });
      const draft = finished({ manifest, files: { ...files, 'index.wasm': 'module' } }, acme);
      return home.source(`${(packages += 1)}.tgz`, await archiveOf(draft));
    };
    await installed(await ofModule({}));
    expect(await asked(await ofModule({ version: '1.1.0', memoryMiB: 32 }))).toEqual([]);
    expect(await asked(await ofModule({ version: '1.1.0', memoryMiB: 128 }))).toEqual([
      'It may use 128 MiB of memory now, and not 64.',
    ]);
  });

  it('is not asked for where it does the same with other words, other code and more time, or does less', async () => {
    await installed(await packed({ changes: before }));
    const tools = [tool({ input: PATH, description: 'Counts them better', timeoutMs: 60_000 })];
    expect(
      await asked(await packed({ changes: { ...before, tools, version: '1.1.0', description: 'Better' } })),
    ).toEqual([]);
  });
});

describe('another version', () => {
  it('that is older is called so and asked for', async () => {
    await installed(await packed({ changes: { version: '0.10.0' } }));
    const older = await packed({ changes: { version: '0.9.0' } });
    expect(await asked(older)).toEqual(['It is an older version: 0.9.0 in the place of 0.10.0.']);
    expect(await installed(older)).toMatchObject({ version: '0.9.0', installed: '0.10.0', step: 'older' });
    expect(await asked(await packed({ changes: { version: '0.10.0' } }))).toEqual([]);
  });

  it('that is the same with other contents is called so and asked for; the very same package is not', async () => {
    await installed(await packed());
    expect(await asked(await packed())).toEqual([]);
    expect(await asked(await packed({ changes: { description: 'Another' } }))).toEqual([
      'It is the same version 1.0.0 with other contents.',
    ]);
    expect(await asked(await packed({ changes: { version: '1.0.0+hotfix' } }))).toEqual([
      'It has other contents, and 1.0.0+hotfix is not newer than 1.0.0.',
    ]);
  });

  it('is not agreed to in the place of one that was installed since it was shown', async () => {
    await installed(await packed());
    const source = await packed({ changes: { version: '1.1.0', profile: 'agent' } });
    const { digest, capabilities, replaces } = await home.installer.inspect({ source });
    await installed(await packed({ changes: { version: '2.0.0' } }));
    await expect(home.installer.install({ source, consent: { digest, capabilities, replaces } })).rejects.toMatchObject(
      {
        code: 'consent_needed',
        why: expect.stringContaining('It is an older version: 1.1.0 in the place of 2.0.0.') as string,
      },
    );
  });

  it('of what was disabled stays disabled', async () => {
    await installed(await packed());
    await home.installer.setDisabled('words', 'disabled by the operator');
    await installed(await packed({ changes: { version: '1.1.0' } }));
    expect(await home.registry.list()).toMatchObject([
      { version: '1.1.0', state: 'disabled', reason: 'disabled by the operator' },
    ]);
  });
});

describe("a team's folder", () => {
  const folder = (): string => join(home.root, 'sources');
  const offered = async (): Promise<string[]> => {
    const offers = await teamOffers(home.store, folder(), (id) => home.records.installed.get(id));
    return offers.map(({ id, version, installed: here, state }) => `${id} ${version} ${here ?? '-'} ${state}`);
  };

  it('offers of each plugin the highest version, whatever the files are called', async () => {
    await packed({ file: 'a.tgz', changes: { version: '0.10.0' } });
    await packed({ file: 'b.tgz', changes: { version: '0.9.0' } });
    await packed({ file: 'c.tgz', changes: { version: '0.10.0-rc.2' } });
    expect((await writeIndex(folder())).plugins).toMatchObject([{ id: 'words', version: '0.10.0', file: 'a.tgz' }]);
  });

  it('calls an update only what is newer than what is installed', async () => {
    const first = await packed({ file: 'words.tgz' });
    await writeIndex(folder());
    expect(await offered()).toEqual(['words 1.0.0 - available']);
    await installed(first);
    expect(await offered()).toEqual(['words 1.0.0 1.0.0 installed']);
    await packed({ file: 'words.tgz', changes: { version: '1.0.1' } });
    await writeIndex(folder());
    expect(await offered()).toEqual(['words 1.0.1 1.0.0 update']);
    await packed({ file: 'words.tgz', changes: { version: '1.0.0-rc.1' } });
    await writeIndex(folder());
    expect(await offered()).toEqual(['words 1.0.0-rc.1 1.0.0 older']);
    await packed({ file: 'words.tgz', changes: { description: 'Another' } });
    await writeIndex(folder());
    expect(await offered()).toEqual(['words 1.0.0 1.0.0 changed']);
  });
});
