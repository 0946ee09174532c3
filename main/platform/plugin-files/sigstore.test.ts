import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import type { PluginManifest } from '../../../schema/plugin-manifest.ts';
import { signedBytes } from '../../kernel/plugins/packages/publisher-key.ts';
import { attachBundle, writeBytesToSign } from './package-author.ts';
import { sigstoreVerifier } from './sigstore-verifier.ts';
import { archiveOf, goodDraft, type PackageDraft, withDigests } from './testing/package-draft.ts';
import { PluginHome } from './testing/plugin-home.ts';
import { type SigstoreAuthority, sigstoreAuthority } from './testing/sigstore-authority.ts';

const PUBLIC_ROOT = resolve(import.meta.dirname, '../../../profiles/sigstore/trusted-root.json');
const ACME = {
  issuer: 'https://token.example',
  subject: 'https://code.example/acme/words/.ci/release.yml@refs/tags/v1',
};
let ours: SigstoreAuthority;
let strangers: SigstoreAuthority;
let folder: string;
let home: PluginHome;

beforeAll(async () => {
  [ours, strangers] = await Promise.all([sigstoreAuthority(), sigstoreAuthority()]);
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-sigstore-'));
  const root = join(folder, 'trusted_root.json');
  writeFileSync(root, JSON.stringify(ours.trustedRoot));
  home = new PluginHome();
  home.sigstore = sigstoreVerifier(() => root);
  await home.publishers.trust('Acme tools', { identity: ACME });
});
afterEach(() => {
  home[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** What is signed and who signs it, each as it should be unless a test says otherwise. */
interface Signing {
  readonly by?: SigstoreAuthority;
  readonly as?: typeof ACME;
  readonly changedAfter?: Record<string, unknown>;
  readonly spoil?: (bundle: Record<string, unknown>) => void;
}

async function signedPackage({ by = ours, as = ACME, changedAfter = {}, spoil }: Signing = {}): Promise<string> {
  const draft = withDigests(goodDraft('Acme tools'));
  // The draft is one of a good manifest.
  const bundle = await by.sign(signedBytes(draft.manifest as PluginManifest), as);
  spoil?.(bundle);
  const signature = { kind: 'sigstore', bundle };
  const signed: PackageDraft = { ...draft, manifest: { ...draft.manifest, signature, ...changedAfter } };
  return home.source('words.tgz', await archiveOf(signed));
}

async function refusal(source: string): Promise<string> {
  try {
    await home.installer.inspect({ source });
    return 'nothing';
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const { problems } = thrown.data as { problems: { code: string }[] }; // what `plugin_refused` carries
    return problems.map(({ code }) => code).join();
  }
}

describe('a package that is signed through Sigstore', () => {
  it('is of the publisher whose identity is trusted, and is verified again while it is installed', async () => {
    const source = await signedPackage();
    const { signer, digest, capabilities } = await home.installer.inspect({ source });
    expect(signer).toBe('Acme tools');
    const { plugin } = await home.installer.install({ source, consent: { digest, capabilities } });
    expect(plugin).toMatchObject({ state: 'registered', signer: 'Acme tools' });
    await home.publishers.distrust('Acme tools');
    expect((await home.registry.list()).map(({ state }) => state)).toEqual(['refused']);
  });

  it('is refused where its manifest was changed after the signature', async () => {
    expect(await refusal(await signedPackage({ changedAfter: { description: 'Counts all' } }))).toBe(
      'invalid_signature',
    );
  });

  it('is refused where another authority made the certificate in the same name', async () => {
    expect(await refusal(await signedPackage({ by: strangers }))).toBe('invalid_signature');
  });

  it('is refused where somebody else signed it, also with an identity that holds the trusted one', async () => {
    const others = [
      { ...ACME, subject: `${ACME.subject}-and-more` },
      { ...ACME, subject: `https://evil.example/?${ACME.subject}` },
      { ...ACME, subject: ACME.subject.replace('code.example', 'codeXexample') },
      { ...ACME, issuer: 'https://token.example.org' },
    ];
    for (const as of others) expect(await refusal(await signedPackage({ as }))).toBe('untrusted_publisher');
  });

  it('is refused where it is not in the log, or the bundle is none', async () => {
    const unlogged = (bundle: Record<string, unknown>): void => {
      bundle['verificationMaterial'] = { ...Object(bundle['verificationMaterial']), tlogEntries: [] };
    };
    const empty = (bundle: Record<string, unknown>): void => {
      for (const key of Object.keys(bundle)) delete bundle[key];
    };
    expect([
      await refusal(await signedPackage({ spoil: unlogged })),
      await refusal(await signedPackage({ spoil: empty })),
    ]).toEqual(['invalid_signature', 'invalid_signature']);
  });

  it('is refused as of nobody where its publisher is trusted by a key, or not at all', async () => {
    await home.publishers.distrust('Acme tools');
    expect(await refusal(await signedPackage())).toBe('untrusted_publisher');
  });

  it('is refused where the trust root is the public one and the certificate is not of it', async () => {
    home.sigstore = sigstoreVerifier(() => PUBLIC_ROOT);
    expect(await refusal(await signedPackage())).toBe('invalid_signature');
  });
});

it('a packed plugin is signed through Sigstore by its bytes and the bundle over them', async () => {
  const file = home.source('words.tgz', await archiveOf(withDigests(goodDraft('Acme tools'))));
  await writeBytesToSign(file, join(folder, 'bytes'));
  const bundle = await ours.sign(readFileSync(join(folder, 'bytes')), ACME);
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle));
  await attachBundle(file, join(folder, 'bundle.json'));
  expect((await home.installer.inspect({ source: file })).signer).toBe('Acme tools');
});
