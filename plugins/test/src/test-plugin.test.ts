import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PluginHarness } from '@cavern/plugin-sdk/harness';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plugin } from './plugin.ts';

const repository = resolve(import.meta.dirname, '../../..');
let workspace: string;
let tests: PluginHarness;

beforeEach(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'cavern-test-plugin-')));
  tests = new PluginHarness({ plugin, workspace, pluginFolder: workspace });
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

const put = (path: string, content: string): void => {
  mkdirSync(join(workspace, path, '..'), { recursive: true });
  writeFileSync(join(workspace, path), content);
};
// Both tools give objects.
const run = async (input: object = {}): Promise<Record<string, unknown>> =>
  (await tests.call('run', input)).result as Record<string, unknown>;
const installed = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('test.detect', () => {
  it('finds nothing in an empty folder', async () => {
    expect((await tests.call('detect')).result).toEqual({ candidates: [] });
    expect(await tests.refusal('run', {})).toBe('no_tests');
  });

  it('puts what the test script runs before what is installed', async () => {
    for (const name of ['vitest', 'jest']) put(`node_modules/.bin/${name}`, '');
    put('pnpm-lock.yaml', '');
    put(
      'package.json',
      JSON.stringify({ scripts: { test: 'jest --ci' }, devDependencies: { vitest: '5', jest: '30' } }),
    );
    put('sub/conftest.py', '');
    const frameworks = async (project: string): Promise<unknown> =>
      (
        (await tests.call('detect', { project })).result as { candidates: { framework: string; command: string[] }[] }
      ).candidates.map(({ framework, command }) => [framework, command.at(-1)?.replace(`${workspace}/`, '')]);
    expect(await frameworks('.')).toEqual([
      ['jest', 'node_modules/.bin/jest'],
      ['vitest', 'node_modules/.bin/vitest'],
      ['script', 'test'],
    ]);
    expect(await frameworks('sub')).toEqual([['pytest', 'pytest']]);
  });
});

describe('test.run', () => {
  it('runs vitest with a result for each test and live output', async () => {
    symlinkSync(join(repository, 'node_modules'), join(workspace, 'node_modules'));
    put('package.json', JSON.stringify({ type: 'module', devDependencies: { vitest: '5' } }));
    put('vitest.config.js', 'export default { cacheDir: "/tmp/cavern-vite-cache-test" };');
    put(
      'src/a.test.js',
      `import { describe, expect, it } from 'vitest';
       describe('group', () => { it('adds', () => expect(1 + 1).toBe(2)); it('fails', () => expect(1).toBe(2)); it.skip('waits', () => {}); });`,
    );
    put('src/broken.test.js', `import './nothing.js';`);
    const { result, output } = await tests.call('run', {});
    expect(result).toMatchObject({
      framework: 'vitest',
      ok: false,
      exitCode: 1,
      timedOut: false,
      totals: { passed: 1, failed: 1, skipped: 1 },
      tests: [
        {
          name: 'group › fails',
          file: 'src/a.test.js',
          state: 'failed',
          message: expect.stringContaining('expected 1 to be 2') as string,
        },
        { name: 'group › adds', state: 'passed', durationMs: expect.any(Number) as number },
        { name: 'group › waits', state: 'skipped' },
      ],
      problems: [expect.stringContaining('broken.test.js') as string],
    });
    expect(output).toContain('a.test.js');
    const filtered = await run({ filter: 'adds', paths: ['src/a.test.js'] });
    expect(filtered).toMatchObject({ ok: true, totals: { passed: 1, failed: 0 } });
  }, 60_000);

  it('runs node --test with nested names, coverage and failures', async () => {
    put('package.json', JSON.stringify({ type: 'module', scripts: { test: 'node --test' } }));
    put('lib.js', 'export const f = (x) => {\n  if (x) return 1;\n  return 2;\n};\n');
    put(
      'lib.test.js',
      `import { describe, it, test } from 'node:test'; import assert from 'node:assert'; import { f } from './lib.js';
       describe('outer', () => { describe('inner <&>', () => { it('works', () => assert.equal(f(1), 1)); }); it('fails', () => assert.equal(f(1), 3)); });
       test.skip('later', () => {});`,
    );
    expect(await run({ coverage: true })).toMatchObject({
      framework: 'node',
      ok: false,
      totals: { passed: 1, failed: 1, skipped: 1 },
      tests: [
        { name: 'outer › fails', state: 'failed', message: expect.stringContaining('1 == 3') as string },
        { name: 'outer › inner <&> › works', state: 'passed' },
        { name: 'later', state: 'skipped' },
      ],
      coverage: {
        source: 'lcov.info',
        files: expect.arrayContaining([{ file: 'lib.js', lines: { covered: 3, total: 4 } }]) as unknown,
      },
    });
  });

  it('ends tests whose time is up, with all they started', async () => {
    put('package.json', JSON.stringify({ scripts: { test: 'node --test' } }));
    put('hang.test.js', `require('node:test').test('hangs', () => new Promise(() => setInterval(() => {}, 1000)));`);
    expect(await run({ timeoutMs: 1500 })).toMatchObject({ ok: false, timedOut: true });
  });

  it('falls back to the test script and its exit code', async () => {
    put('package.json', JSON.stringify({ scripts: { test: 'echo said && exit 3' } }));
    expect(await run()).toMatchObject({
      framework: 'script',
      ok: false,
      exitCode: 3,
      tail: expect.stringContaining('said') as string,
    });
  });

  if (installed('python3', '-m', 'pytest', '--version')) {
    it('runs pytest', async () => {
      put(
        'test_a.py',
        'import pytest\nclass TestIt:\n  def test_ok(self): pass\n  def test_bad(self): assert 1 == 2\n@pytest.mark.skip\ndef test_later(): pass\n',
      );
      expect(await run()).toMatchObject({
        framework: 'pytest',
        totals: { passed: 1, failed: 1, skipped: 1 },
        tests: [
          {
            name: 'test_a.TestIt › test_bad',
            file: 'test_a.py',
            message: expect.stringContaining('assert 1 == 2') as string,
          },
          {},
          {},
        ],
      });
    });
  }

  if (installed('cargo', '--version')) {
    it('runs cargo test', async () => {
      put('Cargo.toml', '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n');
      put(
        'src/lib.rs',
        '#[cfg(test)]\nmod tests {\n  #[test] fn good() {}\n  #[test] fn bad() { assert_eq!(1, 2); }\n  #[test] #[ignore] fn later() {}\n}\n',
      );
      expect(await run()).toMatchObject({
        framework: 'cargo',
        totals: { passed: 1, failed: 1, skipped: 1 },
        tests: [{ name: 'src/lib.rs › tests::bad', message: expect.stringContaining('left: 1') as string }, {}, {}],
      });
    }, 120_000);
  }
});
