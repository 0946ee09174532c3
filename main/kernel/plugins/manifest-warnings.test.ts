import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ManifestTool, PluginManifest } from '../../../schema/plugin-manifest.ts';
import { manifestWarnings } from './manifest-warnings.ts';

const PLUGINS = join(import.meta.dirname, '../../../plugins');

interface Asked {
  readonly capabilities: PluginManifest['capabilities'];
  readonly effects: ManifestTool['effects'];
  readonly runtime?: PluginManifest['runtime'];
}

function warningsOf({ capabilities, effects, runtime = 'node' }: Asked) {
  const tool: ManifestTool = {
    name: 'words.count',
    description: 'Counts',
    input: { type: 'object' },
    output: { type: 'object' },
    outputMode: 'value',
    effects,
    timeoutMs: 1000,
  };
  return manifestWarnings({
    id: 'words',
    version: '1.0.0',
    apiVersion: 2,
    displayName: 'Words',
    description: 'Counts words',
    publisher: 'Acme',
    license: 'MIT',
    entry: 'index.cjs',
    runtime,
    profile: 'workspace',
    capabilities,
    tags: [],
    tools: [tool],
  });
}

const readsAll = { name: 'workspace.read' as const, paths: ['**'] };
const writesAll = { name: 'workspace.write' as const, paths: ['**'] };

describe('a manifest that asks for what it uses', () => {
  it.each<Asked>([
    { capabilities: [], effects: ['read'] },
    { capabilities: [readsAll], effects: ['read'] },
    {
      capabilities: [readsAll, writesAll],
      effects: ['read', 'write'],
    },
    { capabilities: [{ name: 'network.connect', hosts: ['npm'] }], effects: ['write', 'network'] },
    { capabilities: [{ name: 'workspace.read', paths: ['src/**'] }], effects: ['read'], runtime: 'wasm' },
  ])('is warned of nothing: %j', (asked) => {
    expect(warningsOf(asked)).toEqual([]);
  });

  it('is that of each plugin that comes along', () => {
    const folders = readdirSync(PLUGINS).filter((name) => name !== 'sdk');
    const manifests = folders.map((name) => readFileSync(join(PLUGINS, name, 'plugin.json'), 'utf8'));
    // The checkout's own, which its tests hold against the schema.
    expect(manifests.flatMap((text) => manifestWarnings(JSON.parse(text) as PluginManifest))).toEqual([]);
  });
});

describe('a manifest that will hardly be what its author meant', () => {
  it.each<[Asked, string[]]>([
    [
      { capabilities: [{ name: 'workspace.read', paths: ['src/**'] }], effects: ['read'] },
      ['empty_workspace: it finds /workspace empty in its sandbox, as it is not granted all of it to read'],
    ],
    [
      { capabilities: [writesAll], effects: ['write'] },
      ['empty_workspace: it finds /workspace empty in its sandbox, as it is not granted all of it to read'],
    ],
    [
      {
        capabilities: [readsAll, { name: 'workspace.write', paths: ['out/**'] }],
        effects: ['write'],
      },
      ['read_only_workspace: it finds /workspace read-only in its sandbox, as it is not granted all of it to write'],
    ],
    [
      {
        capabilities: [readsAll, writesAll],
        effects: ['read'],
      },
      ['beyond_effects: workspace.write is asked for, and no tool says that it changes anything'],
    ],
    [
      { capabilities: [{ name: 'network.connect', hosts: [] }], effects: ['read'] },
      [
        'names_no_place: network.connect names no hosts, so it gives none',
        'beyond_effects: network.connect is asked for, and no tool says that it uses the network',
      ],
    ],
    [
      { capabilities: [{ name: 'workspace.read' }], effects: ['read'] },
      [
        'names_no_place: workspace.read names no paths, so it gives none',
        'empty_workspace: it finds /workspace empty in its sandbox, as it is not granted all of it to read',
      ],
    ],
    [
      { capabilities: [{ name: 'workspace.read', paths: ['/workspace/src/**', '**'] }], effects: ['read', 'network'] },
      [
        'unusable_pattern: "/workspace/src/**" is no pattern that matches a path: paths are relative to the workspace, as src/a.ts, and a folder’s files are src/**',
        'not_asked_for: by its effects words.count uses the network; without network.connect there is none',
      ],
    ],
    [
      { capabilities: [readsAll], effects: ['write'] },
      [
        'not_asked_for: by its effects words.count changes something; without workspace.write it can be nothing of the workspace',
      ],
    ],
  ])('is told so: %j', (asked, said) => {
    const warnings = warningsOf(asked);
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual(said);
    for (const { fix, path } of warnings)
      expect([fix, path]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/^\//)]);
  });

  it('is told what an MCP server can do about it, which makes no calls', () => {
    const [warning] = warningsOf({
      capabilities: [{ name: 'workspace.read', paths: ['src/**'] }],
      effects: ['read'],
      runtime: 'mcp',
    });
    expect(warning?.fix).toBe('An MCP server makes no calls: ask for workspace.read of ["**"].');
  });
});
