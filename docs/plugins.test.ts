import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'esbuild';
import { silentLogger } from '../main/base/logger.ts';
import { PluginRegistry } from '../main/kernel/plugins/plugin-registry.ts';
import { pluginFolders } from '../main/platform/plugin-files/plugin-folders.ts';

const repository = resolve(import.meta.dirname, '..');
const node = join(repository, 'node_modules/.bin/node');
/** Inside of the checkout, where the SDK is found, as it is from plugins/. */
let folder: string;

/** The files that the guide shows: a path in backquotes on a line of its own, then a block. */
function filesOfTheGuide(): Map<string, string> {
  const guide = readFileSync(join(import.meta.dirname, 'plugins.md'), 'utf8');
  const found = guide.matchAll(/^`plugins\/words\/([^`]+)`\n\n?```\w+\n([\s\S]*?)^```$/gm);
  return new Map([...found].map(([, path = '', content = '']) => [path, content]));
}

beforeAll(() => {
  mkdirSync(join(repository, 'out'), { recursive: true });
  folder = mkdtempSync(join(repository, 'out/guide-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the guide to writing a tool', () => {
  it('gives a plugin whose test passes, whose manifest is accepted and whose entry runs', async () => {
    const files = filesOfTheGuide();
    expect([...files.keys()]).toEqual([
      'package.json',
      'src/count.ts',
      'src/plugin.ts',
      'src/index.ts',
      'src/count.test.ts',
    ]);
    for (const [path, content] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    execFileSync(node, ['--test', join(folder, 'src/count.test.ts')], { env });
    execFileSync(node, [join(repository, 'plugins/sdk/src/write-manifest.ts'), folder]);
    const packed = join(folder, 'packed');
    await build({
      entryPoints: [join(folder, 'src/index.ts')],
      outfile: join(packed, 'index.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    writeFileSync(join(packed, 'plugin.json'), readFileSync(join(folder, 'plugin.json')));
    const registry = new PluginRegistry({
      folders: pluginFolders(),
      builtinFolder: folder,
      insideFolder: '/inside',
      logger: silentLogger,
    });
    expect(await registry.check(packed)).toEqual({ ok: true, id: 'words', errors: [] });
  }, 60_000);
});
