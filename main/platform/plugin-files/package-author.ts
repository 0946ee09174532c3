import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import type { PluginManifest } from '../../../schema/plugin-manifest.ts';
import { type CheckedPackage, checkPackage } from '../../kernel/plugins/manifest-check.ts';
import { signedBytes, signManifest } from '../../kernel/plugins/packages/publisher-key.ts';
import type { PluginPackage } from '../../kernel/plugins/ports.ts';
import type { TeamIndex } from '../../kernel/plugins/installing/team-folder.ts';
import { versionStep } from '../../kernel/plugins/installing/version-step.ts';
import { readModule } from '../wasm-plugins/wasm-module.ts';
import { packArchive } from './pack-archive.ts';
import { unpackArchive } from './package-archive.ts';
import { MANIFEST } from './package-limits.ts';
import { pluginFolders } from './plugin-folders.ts';

/** A package as a file. */
export interface WrittenPackage {
  readonly file: string;
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
}

export interface SignedPackage extends WrittenPackage {
  readonly publisher: string;
  /** Base64 of the SubjectPublicKeyInfo, for `cavern plugin trust`. */
  readonly publicKey: string;
}

interface Opened {
  readonly folder: string;
  readonly found: PluginPackage;
}

/** A folder as it is, an archive unpacked beside everything else; what was unpacked is gone afterwards. */
async function withPackage<T>(path: string, use: (opened: Opened) => Promise<T>): Promise<T> {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new Fault('not_found', `Cannot read "${path}": there is nothing of that name`, {
      fix: 'Mind the path; cavern plugin pack DIR prints which file it wrote.',
    });
  }
  if (statSync(path).isDirectory()) return use({ folder: path, found: await pluginFolders().read(path) });
  const folder = mkdtempSync(join(tmpdir(), 'cavern-package-'));
  try {
    const problem = await unpackArchive(path, folder);
    const found = problem && { manifest: undefined, files: [], problems: [problem] };
    return await use({ folder, found: found ?? (await pluginFolders().read(folder)) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A module that could not be run is no plugin either; whoever installs one that was packed elsewhere sees it with the first call. */
async function examine({ folder, found }: Opened): Promise<CheckedPackage> {
  const checked = await checkPackage(found);
  const { manifest } = checked;
  if (manifest?.runtime !== 'wasm') return checked;
  try {
    readModule(new Uint8Array(readFileSync(join(folder, manifest.entry))));
    return checked;
  } catch (thrown) {
    const message = `"${manifest.entry}" is no module that can be run: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { ...checked, manifest: undefined, problems: [{ code: 'invalid_module', message, path: manifest.entry }] };
  }
}

async function goodPackage(path: string, opened: Opened): Promise<PluginManifest> {
  const { manifest, problems } = await examine(opened);
  if (manifest !== undefined) return manifest;
  const [first] = problems;
  throw new Fault('plugin_refused', `Cannot use "${path}": ${first?.code ?? ''}: ${first?.message ?? ''}`, {
    fix: `See everything that is wrong: cavern plugin check ${path}`,
    data: { problems },
  });
}

async function writePackage(
  file: string,
  manifest: PluginManifest,
  { folder, found }: Opened,
): Promise<WrittenPackage> {
  const files = found.files.map(({ path }) => ({ path, content: readFileSync(join(folder, path)) }));
  const content = `${JSON.stringify(manifest, null, 2)}\n`;
  const archive = await packArchive([{ path: MANIFEST, content }, ...files]);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, archive);
  const sha256 = createHash('sha256').update(archive).digest('hex');
  return { file, id: manifest.id, version: manifest.version, sha256 };
}

/** Everything that is wrong with a folder or an archive, but who signed it: that is for whoever installs it. */
export async function checkPath(path: string): Promise<CheckedPackage> {
  return withPackage(path, examine);
}

/** Packs a folder with `plugin.json` and its files, with their digests. The same folder gives the same bytes. */
export async function packFolder(
  folder: string,
  fileOf: (manifest: PluginManifest) => string,
): Promise<WrittenPackage> {
  return withPackage(folder, async (opened) => {
    const { signature: _signature, files: _files, ...manifest } = await goodPackage(folder, opened);
    const files = Object.fromEntries(opened.found.files.map(({ path, sha256 }) => [path, sha256]));
    return writePackage(fileOf(manifest), { ...manifest, files }, opened);
  });
}

function keyIn(path: string, missing: 'create' | 'refuse'): KeyObject {
  if (!existsSync(path) && missing === 'create') {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(path, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' });
  }
  if (!existsSync(path)) {
    throw new Fault('invalid_key', `Cannot sign with "${path}": there is no such file`, {
      fix: 'Mind the path, or have a key made there: --new-key',
    });
  }
  try {
    const key = createPrivateKey(readFileSync(path));
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is a key of the kind ${key.asymmetricKeyType ?? '?'}`);
    return key;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Fault('invalid_key', `Cannot sign with "${path}": it is no private Ed25519 key in PEM`, {
      why: `the file is there and is left as it is; reading it gave: ${why}`,
      fix: 'Name another file; --new-key makes a key where there is no file yet.',
    });
  }
}

/** Signs a packed plugin in place, in the name that its manifest has as publisher. */
export async function signArchive(
  file: string,
  key: { readonly path: string; readonly missing: 'create' | 'refuse' },
): Promise<SignedPackage> {
  return withPackage(file, async (opened) => {
    const manifest = await packedManifest(file, opened);
    const privateKey = keyIn(key.path, key.missing);
    const written = await writePackage(file, signManifest(manifest, manifest.publisher, privateKey), opened);
    const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64');
    return { ...written, publisher: manifest.publisher, publicKey };
  });
}

async function packedManifest(file: string, opened: Opened): Promise<PluginManifest> {
  const isFolder = statSync(file).isDirectory();
  const manifest = isFolder ? undefined : await goodPackage(file, opened);
  if (manifest?.files === undefined) {
    throw new Fault('invalid_input', `Cannot sign "${file}": it is not packed`, {
      why: isFolder ? 'it is a folder' : 'its manifest lists no files',
      fix: 'Pack it first: cavern plugin pack DIR',
    });
  }
  const { signature: _signature, ...unsigned } = manifest;
  return unsigned;
}

/** Writes what a signature of a packed plugin is over, for a program that signs through Sigstore. */
export async function writeBytesToSign(file: string, to: string): Promise<void> {
  await withPackage(file, async (opened) => writeFileSync(to, signedBytes(await packedManifest(file, opened))));
}

/** Puts a Sigstore bundle over those bytes into a packed plugin, in place. Whether it proves something is for whoever installs it. */
export async function attachBundle(file: string, bundleFile: string): Promise<WrittenPackage> {
  return withPackage(file, async (opened) => {
    const manifest = await packedManifest(file, opened);
    const bundle: unknown = JSON.parse(readFileSync(bundleFile, 'utf8'));
    if (typeof bundle !== 'object' || bundle === null) {
      throw new Fault('invalid_input', `Cannot use "${bundleFile}": it is no Sigstore bundle`);
    }
    return writePackage(file, { ...manifest, signature: { kind: 'sigstore', bundle: { ...bundle } } }, opened);
  });
}

/** Writes the index of a team's folder from the packages in it; of several versions of a plugin the highest. */
export async function writeIndex(folder: string): Promise<TeamIndex> {
  const plugins = new Map<string, TeamIndex['plugins'][number]>();
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.tgz'))
    .sort()) {
    const path = join(folder, file);
    const { id, version } = await withPackage(path, (opened) => goodPackage(path, opened));
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
    const other = plugins.get(id);
    if (other === undefined || versionStep(other.version, version) === 'newer') {
      plugins.set(id, { id, version, file, sha256 });
    }
  }
  const index: TeamIndex = { version: 1, plugins: [...plugins.values()] };
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
  return index;
}
