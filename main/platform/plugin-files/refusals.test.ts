import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import { badPackages } from './testing/bad-packages.ts';
import { archiveOf, finished, goodDraft, newPublisher } from './testing/package-draft.ts';
import { PluginHome } from './testing/plugin-home.ts';

const publisher = newPublisher('Acme tools');
const bad = badPackages(publisher);
let home: PluginHome;

beforeAll(async () => {
  // The manifests of the checkout are enough for the names that are taken.
  home = new PluginHome(fileURLToPath(new URL('../../../plugins', import.meta.url)));
  await home.publishers.trust(publisher.name, { publicKey: publisher.publicKey });
});
afterAll(() => home[Symbol.dispose]());

async function refusal(source: string): Promise<string> {
  try {
    await home.installer.inspect({ source });
    return 'accepted';
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const { problems = [] }: { problems?: readonly { code: string }[] } = Object(thrown.data);
    return problems[0]?.code ?? thrown.code;
  }
}

describe('a package that must not be installed', () => {
  it('is one of at least eighty', () => {
    expect(bad.length).toBeGreaterThanOrEqual(80);
    expect(new Set(bad.map(({ threat }) => threat)).size).toBe(bad.length);
  });

  it.each(bad.map((one, index) => ({ ...one, index })))('is refused with $code for $threat', async (one) => {
    const source = home.source(`${one.index}.tgz`, await one.archive());
    const before = home.audit.length;
    expect(await refusal(source)).toBe(one.code);
    // Consent changes nothing: it is refused before anybody is asked.
    const consent = { digest: '0'.repeat(64), capabilities: [] };
    await expect(home.installer.install({ source, consent })).rejects.toMatchObject({ code: 'plugin_refused' });
    expect(home.left()).toEqual([]);
    expect(home.records.installed.all()).toEqual([]);
    expect(home.audit.slice(before).map(({ type }) => type)).toEqual(['plugin_refused', 'plugin_refused']);
  });

  it('has left nothing anywhere else', () => {
    const outside = [home.root, dirname(home.root), '/tmp', tmpdir()];
    expect(outside.filter((folder) => existsSync(join(folder, 'escaped')))).toEqual([]);
    expect(readdirSync(home.root).sort()).toEqual(['none', 'plugins', 'sources', 'staging']);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('is not the good one that they are all made from', async () => {
    const source = home.source('good.tgz', await archiveOf(finished(goodDraft(publisher.name), publisher)));
    expect(await home.installer.inspect({ source })).toMatchObject({
      id: 'words',
      signer: publisher.name,
      needsConsent: true,
      components: [{ name: 'left-pad', version: '1.3.0', license: 'MIT' }],
    });
    expect(home.left()).toEqual([]);
  });
});
