import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkout } from '../setup/folders.mjs';
import { publicModules, stageSdk } from './stage-sdk.mjs';

const LIMIT_MS = 180_000;
const modules = join(checkout, 'node_modules');
/** What `npm install` of the package brings, and the types of Node that every TypeScript project has. */
const beside = [
  'ajv',
  'fast-deep-equal',
  'fast-uri',
  'json-schema-traverse',
  'require-from-string',
  'typebox',
  '@types/node',
  'undici-types',
];

let folder = '';

const plugin = `
import { definePlugin } from '@cavern/plugin-sdk/define-plugin';
import { PluginHarness } from '@cavern/plugin-sdk/harness';
import { manifestOf } from '@cavern/plugin-sdk/manifest';
import { tool } from '@cavern/plugin-sdk/tool';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type from 'typebox';

const name = tool({
  description: 'Names a file',
  input: Type.Object({ path: WorkspacePath, times: Type.Integer({ default: 2 }) }, { additionalProperties: false }),
  output: Type.Object({ text: Type.String() }),
  outputMode: 'value',
  effects: ['read'],
  timeoutMs: 1000,
  async run({ path, times }, { files }) {
    const found: string = files.resolve(path).path;
    // @ts-expect-error The type of the input comes from its schema: this is a number.
    const wrong: string = times;
    return { text: found.repeat(times) };
  },
});
const plugin = definePlugin({
  id: 'names', version: '1.0.0', displayName: 'Names', description: 'Names files', publisher: 'me', license: 'MIT',
  capabilities: [], tools: { name },
});
const harness = new PluginHarness({ plugin, workspace: process.cwd(), pluginFolder: process.cwd() });
const { result } = await harness.call('name', { path: 'a' });
console.log(JSON.stringify([result, await harness.refusal('name', { path: '../a' }), manifestOf(plugin).tools[0]?.name]));
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-sdk-'));
  const staged = join(folder, 'staged');
  await stageSdk(staged);
  const consumer = join(folder, 'consumer');
  mkdirSync(join(consumer, 'node_modules', '@cavern', 'plugin-sdk'), { recursive: true });
  mkdirSync(join(consumer, 'node_modules', '@types'));
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: staged });
  // As npm unpacks it, without a registry.
  const installed = join(consumer, 'node_modules', '@cavern', 'plugin-sdk');
  execFileSync('tar', ['-xzf', join(folder, 'cavern-plugin-sdk-0.1.0.tgz'), '-C', installed, '--strip-components=1']);
  for (const name of beside) symlinkSync(join(modules, name), join(consumer, 'node_modules', name));
  rmSync(staged, { recursive: true });
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'names', type: 'module' }));
  writeFileSync(join(consumer, 'plugin.ts'), plugin);
  const imports = publicModules.map(
    (name) => `import * as m${publicModules.indexOf(name)} from '@cavern/plugin-sdk/${name}';`,
  );
  const used = publicModules.map((_, index) => `m${index}`).join(', ');
  writeFileSync(join(consumer, 'all.ts'), `${imports.join('\n')}\nconsole.log([${used}].length);\n`);
}, LIMIT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(
  'the SDK as a package is typed and runs in an empty folder, with a plain compiler and nothing of the checkout',
  () => {
    const consumer = join(folder, 'consumer');
    const tsc = join(modules, 'typescript', 'bin', 'tsc');
    const compiled = (/** @type {string[]} */ ...options) =>
      spawnSync(
        process.execPath,
        [tsc, '--strict', '--target', 'es2023', '--types', 'node', ...options, 'plugin.ts', 'all.ts'],
        { cwd: consumer, encoding: 'utf8' },
      ).stdout;
    expect(compiled('--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit')).toBe('');
    expect(compiled('--module', 'nodenext')).toBe('');
    const run = (/** @type {string} */ file) =>
      execFileSync(process.execPath, [file], { cwd: consumer, encoding: 'utf8' });
    expect(JSON.parse(run('plugin.js'))).toEqual([{ text: 'aa' }, 'workspace_escape', 'names.name']);
    expect(run('all.js')).toBe(`${publicModules.length}\n`);
  },
  LIMIT_MS,
);

test('the package has its README, its licence, every module that the README names, and no path of this machine', () => {
  const installed = join(folder, 'consumer', 'node_modules', '@cavern', 'plugin-sdk');
  const readme = readFileSync(join(installed, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/`@cavern\/plugin-sdk\/([a-z-]+)`/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !publicModules.includes(name ?? ''))).toEqual([]);
  expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toContain('MIT');
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const { version, license, type, engines, exports } = manifest;
  expect({ version, license, type, engines }).toEqual({
    version: '0.1.0',
    license: 'MIT',
    type: 'module',
    engines: { node: '>=20' },
  });
  expect(Object.keys(exports)).toEqual(publicModules.map((name) => `./${name}`));
  // What lies in a registry names nothing of a workspace.
  expect(JSON.stringify(manifest)).not.toMatch(/workspace:|file:|link:/);
  expect(readme).not.toMatch(/\]\((?!https:)/);
  for (const name of publicModules) {
    expect(readFileSync(join(installed, 'dist', `${name}.js`), 'utf8')).not.toContain(checkout);
  }
});
