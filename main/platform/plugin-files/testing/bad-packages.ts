import { gzipSync } from 'node:zlib';
import type { ArchiveEntry } from '../pack-archive.ts';
import { packArchive } from '../pack-archive.ts';
import {
  archiveOf,
  entriesOf,
  finished,
  goodDraft,
  newPublisher,
  type PackageDraft,
  signed,
  type TestPublisher,
  tool,
  withDigests,
} from './package-draft.ts';

/** A package that must be refused, with the code that it must be refused with. */
export interface BadPackage {
  readonly threat: string;
  readonly code: string;
  archive(): Promise<Buffer>;
}

type Change = Record<string, unknown>;

/** Each part refers to the next one, so many times. */
function chained(length: number, times: number): object {
  const $defs: Record<string, object> = { [`d${length}`]: { type: 'string' } };
  for (let at = 0; at < length; at += 1) {
    $defs[`d${at}`] = { allOf: Array.from({ length: times }, () => ({ $ref: `#/$defs/d${at + 1}` })) };
  }
  return { $defs, $ref: '#/$defs/d0' };
}

function badManifests(by: TestPublisher): [threat: string, code: string, change: Change][] {
  const schema = (input: unknown): Change => ({ tools: [tool({ input })] });
  const server = (change: Change): Change => ({
    runtime: 'mcp',
    settings: { type: 'object', properties: { root: { type: 'string' }, hosts: { type: 'object' } } },
    ...change,
  });
  const nested = (depth: number): unknown => (depth === 0 ? {} : { not: nested(depth - 1) });
  return [
    ['an unknown key', 'unknown_key', { postinstall: 'rm -rf /' }],
    ['an unknown key of a tool', 'unknown_key', { tools: [tool({ run: 'x' })] }],
    ['an unknown key of a capability', 'unknown_key', { capabilities: [{ name: 'process.run', root: true }] }],
    ['a key constructor', 'unknown_key', { constructor: { prototype: { polluted: true } } }],
    ['a key prototype', 'unknown_key', { prototype: {} }],
    ['a capability that does not exist', 'invalid_manifest', { capabilities: [{ name: 'host.shell' }] }],
    ['a version that is none', 'invalid_manifest', { version: '1.0' }],
    ['a version with a path', 'invalid_manifest', { version: '1.0.0/../..' }],
    ['an id with a path', 'invalid_manifest', { id: '../words' }],
    ['an id with Cyrillic letters', 'invalid_manifest', { id: 'w\u043erds' }],
    ['an id in fullwidth letters', 'invalid_manifest', { id: '\uff57ords' }],
    ['an id with an invisible letter', 'invalid_manifest', { id: 'wor\u200bds' }],
    ['an id in capitals', 'invalid_manifest', { id: 'Words' }],
    ['an empty id', 'invalid_manifest', { id: '' }],
    ['an entry outside', 'invalid_manifest', { entry: '../index.cjs' }],
    ['an absolute entry', 'invalid_manifest', { entry: '/bin/sh' }],
    ['an entry with a backslash', 'invalid_manifest', { entry: 'a\\b.js' }],
    ['an entry that is not there', 'missing_file', { entry: 'main.cjs' }],
    ['an SBOM that is not there', 'missing_file', { sbom: 'bom.json' }],
    ['an SBOM outside', 'invalid_manifest', { sbom: '../../etc/passwd' }],
    ['variables of a plugin that is no MCP server', 'invalid_manifest', { env: { LIMIT: '7' } }],
    ['a program of a plugin that is no MCP server', 'invalid_manifest', { program: 'binary' }],
    ['a program of no kind', 'invalid_manifest', server({ program: 'sh' })],
    ['a variable that loads code into Node', 'reserved_variable', server({ env: { NODE_OPTIONS: '--import=/x.mjs' } })],
    ['a variable that loads code into Python', 'reserved_variable', server({ env: { PYTHONSTARTUP: 'x.py' } })],
    ['a variable that loads code everywhere', 'reserved_variable', server({ env: { LD_PRELOAD: './x.so' } })],
    ['another path to look for programs', 'reserved_variable', server({ env: { PATH: '/workspace' } })],
    ['another proxy', 'reserved_variable', server({ env: { HTTPS_PROXY: 'http://127.0.0.1:1' } })],
    ['a variable that is none', 'invalid_manifest', server({ env: { 'A=B': '' } })],
    ['a variable in small letters', 'invalid_manifest', server({ env: { http_proxy: '' } })],
    ['a placeholder of no setting', 'unknown_setting', server({ args: ['--key', '${settings.key}'] })],
    ['a placeholder of another program', 'unknown_setting', server({ env: { ROOT: '${user_config.root}' } })],
    ['a placeholder of an object', 'unknown_setting', server({ args: ['${settings.hosts}'] })],
    ['an argument that runs backwards', 'misleading_text', server({ args: ['\u202egpj'] })],
    ['a runtime that does not exist', 'invalid_manifest', { runtime: 'host' }],
    ['an API of the future', 'unsupported_api', { apiVersion: 99 }],
    ['an API of no time', 'invalid_manifest', { apiVersion: 0 }],
    ['no tools', 'invalid_manifest', { tools: [] }],
    ['a tool of another plugin', 'foreign_tool_name', { tools: [tool({ name: 'fs.read' })] }],
    ['two tools of one name', 'duplicate_tool', { tools: [tool(), tool()] }],
    ['a tool without effects', 'invalid_manifest', { tools: [tool({ effects: [] })] }],
    ['a tool without end', 'invalid_manifest', { tools: [tool({ timeoutMs: 1e12 })] }],
    ['a schema that does not compile', 'invalid_schema', schema({ type: 'strnig' })],
    ['a pattern that does not compile', 'invalid_schema', schema({ type: 'string', pattern: '(' })],
    ['an unknown keyword', 'invalid_schema', schema({ exec: 'x' })],
    ['a reference to a page', 'remote_reference', schema({ $ref: 'https://example.org/a.json' })],
    ['a reference to a file', 'remote_reference', schema({ $ref: 'file:///etc/passwd' })],
    ['a reference to a neighbour', 'remote_reference', schema({ $ref: 'other.json' })],
    ['a remote reference deep inside', 'remote_reference', schema({ anyOf: [{ items: { $ref: '//evil/x' } }] })],
    ['a schema that refers to itself', 'recursive_schema', schema({ properties: { a: { $ref: '#' } } })],
    [
      'schemas that refer to each other',
      'recursive_schema',
      schema({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { not: { $ref: '#/$defs/a' } } } }),
    ],
    ['references that double sixty times', 'invalid_schema', schema(chained(60, 2))],
    ['references thousands deep', 'invalid_schema', schema(chained(4000, 1))],
    [
      'a schema of more than ten thousand parts',
      'invalid_schema',
      schema({ enum: Array.from({ length: 12_000 }, String) }),
    ],
    ['a dynamic reference', 'recursive_schema', schema({ $dynamicRef: '#x' })],
    ['a dynamic anchor', 'recursive_schema', schema({ $dynamicAnchor: 'x' })],
    ['a schema without bottom', 'too_deep', schema(nested(100))],
    ['a name of mixed scripts', 'misleading_text', { displayName: 'W\u043erds' }],
    ['a name with invisible letters', 'misleading_text', { displayName: 'Wo\u200drds' }],
    ['a name that runs backwards', 'misleading_text', { displayName: 'Words\u202egpj.exe' }],
    ['a name in fullwidth letters', 'misleading_text', { displayName: '\uff37ords' }],
    ['a description with a line separator', 'misleading_text', { description: 'Counts\u2028words' }],
    ["another publisher's name in look-alikes", 'misleading_text', { publisher: by.name.replace('c', '\u0441') }],
    ["another publisher's name", 'untrusted_publisher', { publisher: 'Cavern' }],
    [
      'the name of calls that the policy allows',
      'reserved_name',
      { id: 'changes', tools: [tool({ name: 'changes.list' })] },
    ],
    ['the name of connections', 'reserved_name', { id: 'network', tools: [tool({ name: 'network.connect' })] }],
    ['the name of who acts', 'reserved_name', { id: 'operator', tools: [tool({ name: 'operator.do' })] }],
    ['a name that comes with the program', 'name_taken', { id: 'fs', tools: [tool({ name: 'fs.read' })] }],
  ];
}

type Spoil = (draft: PackageDraft) => PackageDraft;

/** Whatever was done to a package after, or instead of, its signature. */
function badSeals(by: TestPublisher): [threat: string, code: string, make: Spoil][] {
  const draftFiles = (draft: PackageDraft, files: Record<string, string>): PackageDraft => ({
    ...draft,
    files: { ...draft.files, ...files },
  });
  const manifest = (draft: PackageDraft, change: Change): PackageDraft => ({
    ...draft,
    manifest: { ...draft.manifest, ...change },
  });
  const without = (draft: PackageDraft, key: string): PackageDraft => {
    const { [key]: _taken, ...rest } = draft.manifest;
    return { ...draft, manifest: rest };
  };
  const digest =
    (of: string, value: unknown): Spoil =>
    (draft) => {
      const sealed = withDigests(draft);
      return signed(manifest(sealed, { files: { ...Object(sealed.manifest['files']), [of]: value } }), by);
    };
  const signature =
    (value: unknown): Spoil =>
    (draft) =>
      manifest(finished(draft, by), { signature: value });
  const ed25519 = (bytes: unknown): Spoil => signature({ kind: 'ed25519', publisher: by.name, signature: bytes });
  const zeros = Buffer.alloc(64).toString('base64');
  const { 'index.cjs': other = '' } = Object(withDigests(goodDraft(by.name)).manifest['files']);
  const sbom =
    (text: string): Spoil =>
    (draft) =>
      finished(draftFiles(draft, { 'sbom.json': text }), by);
  return [
    ['no signature', 'missing_signature', withDigests],
    ['no SBOM', 'missing_sbom', (draft) => finished(without(draft, 'sbom'), by)],
    ['a signature over no digests', 'invalid_digest_format', (draft) => signed(draft, by)],
    ['a short digest', 'invalid_digest_format', digest('lib/a.js', 'ab12')],
    ['a digest in capitals', 'invalid_digest_format', digest('lib/a.js', 'A'.repeat(64))],
    ['a digest that is a number', 'invalid_digest_format', digest('lib/a.js', 7)],
    ['a digest with a letter too many', 'invalid_digest_format', digest('lib/a.js', `${'a'.repeat(64)}\n`)],
    ['the digest of another file', 'digest_mismatch', digest('lib/a.js', other)],
    ['a digest of nothing', 'digest_mismatch', digest('lib/a.js', '0'.repeat(64))],
    [
      'a file changed after the signature',
      'digest_mismatch',
      (d) => draftFiles(finished(d, by), { 'lib/a.js': 'b\n' }),
    ],
    [
      'an entry changed after the signature',
      'digest_mismatch',
      (d) => draftFiles(finished(d, by), { 'index.cjs': 'x' }),
    ],
    ['a file added after the signature', 'extra_file', (d) => draftFiles(finished(d, by), { 'evil.js': 'x' })],
    ['a file listed that is not there', 'missing_file', digest('none.js', '0'.repeat(64))],
    ['a signature of 20 KiB', 'oversized_signature', ed25519('A'.repeat(20 * 1024))],
    [
      'a Sigstore bundle of 20 KiB',
      'oversized_signature',
      signature({ kind: 'sigstore', bundle: { a: 'A'.repeat(20_480) } }),
    ],
    ['a Sigstore bundle of nobody', 'untrusted_publisher', signature({ kind: 'sigstore', bundle: {} })],
    ['a signature of 63 bytes', 'invalid_signature', ed25519(Buffer.alloc(63).toString('base64'))],
    ['a signature that is no text', 'invalid_signature', ed25519(7)],
    ['a signature of zeros', 'invalid_signature', ed25519(zeros)],
    ['a signature of another kind', 'invalid_manifest', signature({ kind: 'none' })],
    [
      'a manifest changed after it',
      'invalid_signature',
      (d) => manifest(finished(d, by), { description: 'Counts all' }),
    ],
    [
      'capabilities added after it',
      'invalid_signature',
      (d) => manifest(finished(d, by), { capabilities: [{ name: 'process.run' }] }),
    ],
    ["a stranger's signature in the publisher's name", 'invalid_signature', (d) => finished(d, newPublisher(by.name))],
    ["a stranger's signature", 'untrusted_publisher', (d) => finished(d, newPublisher('Stranger'))],
    ['an SBOM that is not JSON', 'invalid_sbom', sbom('<bom/>')],
    ['an SBOM of another format', 'invalid_sbom', sbom('{"spdxVersion":"SPDX-2.3"}')],
    ['an SBOM of an old version', 'invalid_sbom', sbom('{"bomFormat":"CycloneDX","specVersion":"1.0"}')],
  ];
}

function badTexts(by: TestPublisher): [threat: string, code: string, text: string][] {
  const good = JSON.stringify(finished(goodDraft(by.name), by).manifest);
  return [
    ['a manifest that is not JSON', 'invalid_json', '{'],
    ['an empty manifest', 'invalid_json', ''],
    ['a manifest with a comment', 'invalid_json', `// ${good}`],
    ['a manifest that is a list', 'invalid_manifest', '[]'],
    ['a manifest that is nothing', 'invalid_manifest', 'null'],
    ['a manifest that nests endlessly', 'too_deep', '['.repeat(50_000) + ']'.repeat(50_000)],
    ['a key __proto__', 'prototype_key', good.replace('{', '{"__proto__":{"polluted":true},')],
    ['a key __proto__ in a schema', 'prototype_key', good.replace('"type":"object"', '"type":"object","__proto__":{}')],
    ['a manifest of two MiB', 'too_large', `${good}${' '.repeat(2 * 1024 * 1024)}`],
  ];
}

function badEntries(): [threat: string, code: string, entries: readonly ArchiveEntry[]][] {
  const file = (path: string): ArchiveEntry => ({ path, content: 'x' });
  const of = (type: NonNullable<ArchiveEntry['type']>, path: string, linkname?: string): ArchiveEntry =>
    linkname === undefined ? { path, type } : { path, type, linkname };
  return [
    ['a way out', 'unsafe_path', [file('../escaped')]],
    ['a way out behind a folder', 'unsafe_path', [file('lib/../../escaped')]],
    ['a long way out', 'unsafe_path', [file(`${'../'.repeat(20)}tmp/escaped`)]],
    ['an absolute path', 'unsafe_path', [file('/tmp/escaped')]],
    ['a drive', 'unsafe_path', [file('C:/escaped')]],
    ['backslashes', 'unsafe_path', [file('..\\escaped')]],
    ['a way out by a folder', 'unsafe_path', [of('directory', '../escaped/')]],
    ['an invisible letter in a name', 'unsafe_path', [file('in\u200bdex.cjs')]],
    ['a control character in a name', 'unsafe_path', [file('in\u0007dex.cjs')]],
    ['a file name that runs backwards', 'unsafe_path', [file('a\u202esj.cjs')]],
    ['a decomposed name', 'unsafe_path', [file('cafe\u0301.js')]],
    ['a link to a file of the operator', 'link_outside', [of('symlink', 'key', '/etc/passwd')]],
    ['a link upwards', 'link_outside', [of('symlink', 'up', '../../..')]],
    ['a link inside', 'link', [of('symlink', 'b.js', 'index.cjs')]],
    ['a link and a file through it', 'link_outside', [of('symlink', 'd', '/tmp'), file('d/escaped')]],
    ['a hard link', 'hard_link', [of('link', 'h', 'index.cjs')]],
    ['a hard link to a file of the operator', 'hard_link', [of('link', 'h', '/etc/passwd')]],
    ['a character device', 'special_file', [of('character-device', 'zero')]],
    ['a block device', 'special_file', [of('block-device', 'disk')]],
    ['a pipe', 'special_file', [of('fifo', 'pipe')]],
    ['a file twice', 'duplicate_file', [file('index.cjs')]],
    ['a second manifest', 'duplicate_file', [file('./plugin.json')]],
    ['a name in other letters', 'case_collision', [file('INDEX.cjs')]],
    ['a folder in other letters', 'case_collision', [file('LIB/b.js')]],
    ['a name in the sharp s', 'case_collision', [file('stra\u00dfe.js'), file('strasse.js')]],
    ['a file below a file', 'case_collision', [file('index.cjs/x')]],
    ['a folder in the place of a file', 'case_collision', [of('directory', 'index.cjs')]],
    ['a file more than listed', 'extra_file', [file('more.js')]],
    ['too many files', 'too_many_files', Array.from({ length: 5001 }, (_, index) => of('directory', `d${index}`))],
    ['too much', 'too_large', [{ path: 'big', content: Buffer.alloc(65 * 1024 * 1024) }]],
  ];
}

function badArchives(good: () => Promise<Buffer>): [threat: string, code: string, make: () => Promise<Buffer>][] {
  const zeros = 96 * 1024 * 1024;
  return [
    ['no archive', 'invalid_archive', async () => Buffer.from('#!/bin/sh\n')],
    ['nothing', 'invalid_archive', async () => Buffer.alloc(0)],
    ['a compressed text', 'invalid_archive', async () => gzipSync(Buffer.alloc(2048, 'a'))],
    ['an archive that was cut off', 'invalid_archive', async () => (await good()).subarray(0, -40)],
    ['a flipped bit', 'invalid_archive', async () => flipped(await good())],
    ['a zip bomb', 'too_large', async () => gzipSync(Buffer.alloc(zeros))],
    [
      'a zip bomb behind a package',
      'too_large',
      async () => Buffer.concat([await good(), gzipSync(Buffer.alloc(zeros))]),
    ],
    ['an archive without a manifest', 'missing_manifest', () => packArchive([{ path: 'index.cjs', content: '' }])],
    [
      'a manifest in a folder below',
      'missing_manifest',
      () => packArchive([{ path: 'package/plugin.json', content: '{}' }]),
    ],
  ];
}

/** In the middle of the compressed bytes; the checksum at the end tells. */
function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = copy.length - 6;
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** Packages of the trusted publisher, and each is bad. */
export function badPackages(by: TestPublisher): BadPackage[] {
  const good = finished(goodDraft(by.name), by);
  return [
    ...badManifests(by).map(([threat, code, change]) => {
      return { threat, code, archive: () => archiveOf(finished(goodDraft(by.name, change), by)) };
    }),
    ...badSeals(by).map(([threat, code, spoil]) => {
      return { threat, code, archive: () => archiveOf(spoil(goodDraft(by.name))) };
    }),
    ...badTexts(by).map(([threat, code, content]) => {
      const rest = entriesOf(good).slice(1);
      return { threat, code, archive: () => packArchive([{ path: 'plugin.json', content }, ...rest]) };
    }),
    ...badEntries().map(([threat, code, more]) => ({ threat, code, archive: () => archiveOf(good, more) })),
    ...badArchives(() => archiveOf(good)).map(([threat, code, archive]) => ({ threat, code, archive })),
  ];
}
