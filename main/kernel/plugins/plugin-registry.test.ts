import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../base/logger.ts';
import { PluginRegistry } from './plugin-registry.ts';
import type { PluginPackage } from './ports.ts';

const digest = 'a'.repeat(64);

interface ToolShape {
  [key: string]: unknown;
}

const tool = (name: string, changes: ToolShape = {}): ToolShape => ({
  name,
  description: 'Does it',
  input: { type: 'object', properties: { path: { type: 'string', format: 'workspace-path' } } },
  output: { type: 'object' },
  outputMode: 'value',
  effects: ['read'],
  timeoutMs: 1000,
  ...changes,
});

const manifest = (changes: ToolShape = {}): ToolShape => ({
  id: 'hello',
  version: '1.2.3-rc.1+build',
  apiVersion: 1,
  displayName: 'Hello',
  description: 'Says hello',
  publisher: 'Somebody',
  license: 'MIT',
  entry: 'index.cjs',
  runtime: 'node',
  profile: 'workspace',
  capabilities: [{ name: 'workspace.read', paths: ['src/**'] }],
  tags: ['greeting'],
  tools: [tool('hello.greet')],
  ...changes,
});

function packageOf(content: unknown, changes: Partial<PluginPackage> = {}): PluginPackage {
  const files = [{ path: 'index.cjs', sizeBytes: 1, sha256: digest }];
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return { manifest: text, files, problems: [], ...changes };
}

function registryOf(packages: Record<string, PluginPackage>): PluginRegistry {
  return new PluginRegistry({
    folders: {
      list: async () => Object.keys(packages).sort(),
      async read(folder) {
        const found = packages[folder.split('/').at(-1) ?? ''];
        if (found === undefined) throw new Error('ENOENT');
        return found;
      },
    },
    builtinFolder: '/plugins',
    insideFolder: '/inside',
    logger: silentLogger,
  });
}

const codes = async (found: PluginPackage): Promise<string[]> =>
  (await registryOf({ it: found }).check('/plugins/it')).errors.map(({ code }) => code);

describe('a plugin’s manifest', () => {
  it('is accepted as it should be', async () => {
    expect(await registryOf({ it: packageOf(manifest()) }).check('/plugins/it')).toEqual({
      ok: true,
      id: 'hello',
      errors: [],
    });
    expect(await codes(packageOf(manifest({ files: { 'index.cjs': digest } })))).toEqual([]);
  });

  it.each<[reason: string, content: unknown, code: string]>([
    ['text that is no JSON', '{', 'invalid_json'],
    ['an array', [], 'invalid_manifest'],
    ['an unknown key', manifest({ postinstall: 'x' }), 'unknown_key'],
    ['an unknown key of a tool', manifest({ tools: [tool('hello.a', { run: 'x' })] }), 'unknown_key'],
    [
      'a key __proto__',
      JSON.stringify(manifest()).replace('"tags"', '"__proto__":{"polluted":true},"tags"'),
      'prototype_key',
    ],
    [
      'a key __proto__ deep in a schema',
      JSON.stringify(manifest()).replace('"type":"string"', '"__proto__":{},"type":"string"'),
      'prototype_key',
    ],
    ['endless nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'too_deep'],
    ['no tools', manifest({ tools: [] }), 'invalid_manifest'],
    ['a version that is none', manifest({ version: '1.0' }), 'invalid_manifest'],
    ['an id with look-alike letters', manifest({ id: 'hеllo' }), 'invalid_manifest'],
    ['an entry outside of the folder', manifest({ entry: '../other/index.cjs' }), 'invalid_manifest'],
    ['an absolute entry', manifest({ entry: '/etc/passwd' }), 'invalid_manifest'],
    ['a tool of another plugin', manifest({ tools: [tool('fs.read')] }), 'foreign_tool_name'],
    ['two tools of one name', manifest({ tools: [tool('hello.a'), tool('hello.a')] }), 'duplicate_tool'],
    [
      'a schema that does not compile',
      manifest({ tools: [tool('hello.a', { input: { type: 'strnig' } })] }),
      'invalid_schema',
    ],
    [
      'a pattern that does not compile',
      manifest({ tools: [tool('hello.a', { input: { type: 'string', pattern: '(' } })] }),
      'invalid_schema',
    ],
    ['an unknown keyword', manifest({ tools: [tool('hello.a', { input: { exec: 'x' } })] }), 'invalid_schema'],
    [
      'an unknown format',
      manifest({ tools: [tool('hello.a', { input: { type: 'string', format: 'path' } })] }),
      'invalid_schema',
    ],
    [
      'a remote reference',
      manifest({ tools: [tool('hello.a', { output: { $ref: 'https://example.org/x.json' } })] }),
      'remote_reference',
    ],
    [
      'a reference to a file',
      manifest({ tools: [tool('hello.a', { output: { $ref: 'x.json' } })] }),
      'remote_reference',
    ],
    [
      'a schema that refers to itself',
      manifest({ tools: [tool('hello.a', { input: { type: 'object', properties: { a: { $ref: '#' } } } })] }),
      'recursive_schema',
    ],
    [
      'schemas that refer to each other',
      manifest({
        tools: [
          tool('hello.a', {
            input: { $defs: { a: { $ref: '#/$defs/b' }, b: { items: { $ref: '#/$defs/a' } } }, $ref: '#/$defs/a' },
          }),
        ],
      }),
      'recursive_schema',
    ],
    ['an API of the future', manifest({ apiVersion: 99 }), 'unsupported_api'],
    ['an entry that is not there', manifest({ entry: 'main.js' }), 'missing_file'],
    ['a digest of another file', manifest({ files: { 'index.cjs': 'b'.repeat(64) } }), 'digest_mismatch'],
    ['a digest that is none', manifest({ files: { 'index.cjs': 'A'.repeat(64) } }), 'invalid_manifest'],
    ['a file that is not there', manifest({ files: { 'index.cjs': digest, 'x.js': digest } }), 'missing_file'],
    ['a file that is not named', manifest({ files: {} }), 'extra_file'],
    ['a capability that does not exist', manifest({ capabilities: [{ name: 'host.shell' }] }), 'invalid_manifest'],
  ])('is refused with %s', async (_reason, content, code) => {
    expect(await codes(packageOf(content))).toContain(code);
  });

  it('is refused where it is missing, and what the folder may not hold is named', async () => {
    expect(await codes({ manifest: undefined, files: [], problems: [] })).toEqual(['missing_manifest']);
    const problem = { code: 'link_outside', message: 'x', path: 'x' };
    expect(await codes(packageOf(manifest(), { problems: [problem] }))).toEqual(['link_outside']);
    expect(await registryOf({}).check('/plugins/nowhere')).toMatchObject({
      ok: false,
      id: null,
      errors: [{ code: 'unreadable' }],
    });
  });
});

describe('the registry', () => {
  it('registers what comes along, with the tag that a manifest cannot claim', async () => {
    const registry = registryOf({
      hello: packageOf(manifest({ tags: ['greeting', 'third_party', 'admin_key', 'scoped_key', 'agent'] })),
    });
    expect(await registry.list()).toEqual([
      {
        id: 'hello',
        version: '1.2.3-rc.1+build',
        displayName: 'Hello',
        description: 'Says hello',
        publisher: 'Somebody',
        digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        state: 'registered',
        tags: ['core_plugin', 'greeting'],
        tools: ['hello.greet'],
        origin: 'core',
        mayDo: ["It may read the workspace's files src/**."],
      },
    ]);
    expect(await registry.tool('hello.greet')).toMatchObject({
      entry: '/inside/hello/index.cjs',
      capabilities: [{ name: 'workspace.read', paths: ['src/**'] }],
      tool: { plugin: 'hello', timeoutMs: 1000 },
    });
    registry.onAnswer('hello');
    expect(await registry.list()).toMatchObject([{ state: 'active' }]);
  });

  it('refuses a bad plugin, keeps the reason and the others', async () => {
    const registry = registryOf({
      a: packageOf(manifest()),
      b: packageOf(manifest({ description: 'An impostor' })),
      c: packageOf('{'),
    });
    expect(await registry.list()).toMatchObject([
      { id: 'hello', state: 'registered' },
      {
        id: expect.stringMatching(/^hello \([0-9a-f]{8}\)$/) as string,
        state: 'refused',
        reason: expect.stringContaining('name_taken') as string,
        tools: [],
      },
      { id: 'c', state: 'refused', reason: expect.stringContaining('invalid_json') as string },
    ]);
    expect((await registry.tools()).map(({ tool: { name } }) => name)).toEqual(['hello.greet']);
  });
});
