import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { PluginManifest } from '../../../../schema/plugin-manifest.ts';
import { signManifest } from '../../../kernel/plugins/packages/publisher-key.ts';
import { type ArchiveEntry, packArchive } from '../pack-archive.ts';

export interface TestPublisher {
  readonly name: string;
  readonly privateKey: KeyObject;
  /** Base64 of the SubjectPublicKeyInfo. */
  readonly publicKey: string;
}

export function newPublisher(name: string): TestPublisher {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { name, privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') };
}

const SBOM = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [{ type: 'library', name: 'left-pad', version: '1.3.0', licenses: [{ license: { id: 'MIT' } }] }],
});

/** What a package is made from; each bad one changes one thing. */
export interface PackageDraft {
  readonly manifest: Record<string, unknown>;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

export const tool = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'words.count',
  description: 'Counts words',
  input: { type: 'object' },
  output: { type: 'object' },
  outputMode: 'value',
  effects: ['read'],
  timeoutMs: 1000,
  ...changes,
});

export function goodDraft(publisher: string, changes: Record<string, unknown> = {}): PackageDraft {
  return {
    manifest: {
      id: 'words',
      version: '1.0.0',
      apiVersion: 1,
      displayName: 'Words',
      description: 'Counts words',
      publisher,
      license: 'MIT',
      entry: 'index.cjs',
      runtime: 'node',
      profile: 'workspace',
      capabilities: [{ name: 'workspace.read', paths: ['**'] }],
      tags: [],
      tools: [tool()],
      sbom: 'sbom.json',
      ...changes,
    },
    files: { 'index.cjs': 'module.exports = 1;\n', 'lib/a.js': 'a\n', 'sbom.json': SBOM },
  };
}

/** The draft with its digests. */
export function withDigests({ manifest, files }: PackageDraft): PackageDraft {
  const digests = Object.entries(files).map(([path, content]) => [
    path,
    createHash('sha256').update(content).digest('hex'),
  ]);
  return { manifest: { ...manifest, files: Object.fromEntries(digests) }, files };
}

export function signed(draft: PackageDraft, by: TestPublisher): PackageDraft {
  // A bad manifest is signed as well as a good one.
  const manifest = signManifest(draft.manifest as PluginManifest, by.name, by.privateKey);
  return { ...draft, manifest };
}

/** What `cavern plugin pack` and `sign` make of it. */
export function finished(draft: PackageDraft, by: TestPublisher): PackageDraft {
  return signed(withDigests(draft), by);
}

export function entriesOf({ manifest, files }: PackageDraft): ArchiveEntry[] {
  const rest = Object.entries(files).map(([path, content]) => ({ path, content }));
  return [{ path: 'plugin.json', content: JSON.stringify(manifest) }, ...rest];
}

export function archiveOf(draft: PackageDraft, more: readonly ArchiveEntry[] = []): Promise<Buffer> {
  return packArchive([...entriesOf(draft), ...more]);
}
