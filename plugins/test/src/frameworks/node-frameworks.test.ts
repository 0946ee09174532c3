import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyProject, repository, statesOf } from '../testing.fixture.ts';

const LIBRARY = 'exports.f = (x) => {\n  if (x) return 1;\n  return 2;\n};\n';
const TESTS = `const { f } = require('./lib.js');
describe('group', () => {
  it('adds', () => { if (f(1) !== 1) throw new Error('no'); });
  it('fails', () => { if (f(1) !== 3) throw new Error('one is not three'); });
  it.skip('waits', () => {});
});
`;
const OUTCOME = {
  ok: false,
  exitCode: 1,
  timedOut: false,
  totals: { passed: 1, failed: 1, skipped: 1 },
  tests: [
    { name: 'group › fails', state: 'failed', message: expect.stringContaining('one is not three') as string },
    { name: 'group › adds', state: 'passed', durationMs: expect.any(Number) as number },
    { name: 'group › waits', state: 'skipped' },
  ],
};

it('runs vitest with a result for each test and live output', async () => {
  using project = emptyProject();
  symlinkSync(join(repository, 'node_modules'), join(project.workspace, 'node_modules'));
  project.put('package.json', { type: 'module', devDependencies: { vitest: '5' } });
  project.put('vitest.config.js', 'export default { cacheDir: "/tmp/cavern-vite-cache-test" };');
  project.put(
    'src/a.test.js',
    `import { describe, expect, it } from 'vitest';
     describe('group', () => { it('adds', () => expect(1 + 1).toBe(2)); it('fails', () => expect(1).toBe(2)); it.skip('waits', () => {}); });`,
  );
  project.put('src/broken.test.js', `import './nothing.js';`);
  const { result, output } = await project.harness.call('run', {});
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
  const filtered = await project.run({ filter: 'adds', paths: ['src/a.test.js'] });
  expect(filtered).toMatchObject({ ok: true, totals: { passed: 1, failed: 0 } });
});

it('runs jest with coverage, files that do not load, and paths that look like patterns', async () => {
  using project = emptyProject();
  project.install('jest');
  project.put('package.json', { scripts: { test: 'jest --ci' }, jest: { haste: {} } });
  project.put('lib.js', LIBRARY);
  project.put('[a].test.js', TESTS);
  project.put('b.test.js', `require('./nothing.js');`);
  const whole = await project.run({ coverage: true });
  expect(whole).toMatchObject({
    ...OUTCOME,
    framework: 'jest',
    problems: [expect.stringContaining(`Cannot find module './nothing.js'`) as string],
    coverage: { source: 'lcov.info', files: [{ file: 'lib.js', lines: { covered: 2, total: 3 } }] },
  });
  expect(whole.tests[0]).toMatchObject({ file: '[a].test.js' });
  expect(whole.command).toContain('--ci');
  expect(await project.shown({ filter: 'adds', paths: ['[a].test.js'] })).toContain('PASS ./[a].test.js');
  const filtered = await project.run({ filter: 'adds$', paths: ['[a].test.js'] });
  expect(filtered).toMatchObject({ ok: true, totals: { passed: 1, failed: 0 } });
});

it('runs mocha with live output, hooks that fail and files that do not load', async () => {
  using project = emptyProject();
  project.install('mocha');
  project.put('package.json', { scripts: { test: 'mocha --reporter dot "spec/**/*.spec.js"' } });
  project.put('spec/lib.js', LIBRARY);
  project.put('spec/a.spec.js', TESTS);
  project.put(
    'spec/hook.spec.js',
    `describe('hooked', () => { before(() => { throw new Error('no ground'); }); it('never runs', () => {}); });`,
  );
  const { result, output } = await project.harness.call('run', { paths: ['spec/a.spec.js'], coverage: true });
  expect(result).toMatchObject({
    ...OUTCOME,
    framework: 'mocha',
    problems: [],
    coverageMissing: expect.stringContaining('c8 or nyc') as string,
  });
  expect(output).toMatch(/group\n.*✔ adds/);
  const whole = await project.run({});
  expect(whole).toMatchObject({ totals: { passed: 1, failed: 2, skipped: 1 } });
  expect(statesOf(whole)).toMatchObject({ 'hooked › "before all" hook for "never runs"': 'failed' });
  expect(whole.tests.map(({ file }) => file)).toContain('spec/hook.spec.js');
  expect(await project.run({ filter: 'adds' })).toMatchObject({ ok: true, totals: { passed: 1, failed: 0 } });
  project.put('spec/broken.spec.js', 'const = 1;');
  const broken = await project.run({});
  expect(broken).toMatchObject({ ok: false, tests: [], problems: [expect.stringContaining('SyntaxError') as string] });
});

it('runs node --test with nested names, coverage and failures', async () => {
  using project = emptyProject();
  project.put('package.json', { workspaces: ['packages/*'] });
  project.put('packages/a/package.json', {
    type: 'module',
    scripts: { test: "NODE_ENV=test node --import ./before.js --test 'unit/*.js'" },
  });
  project.put('packages/a/before.js', 'globalThis.before = process.env.NODE_ENV;');
  project.put('packages/a/lib.js', 'export const f = (x) => {\n  if (x) return 1;\n  return 2;\n};\n');
  project.put(
    'packages/a/unit/lib.js',
    `import { describe, it, test } from 'node:test'; import assert from 'node:assert'; import { f } from '../lib.js';
     describe('outer', () => { describe('inner <&>', () => { it('works', () => assert.equal(f(1), 1)); }); it('fails', () => assert.equal(f(1), 3)); });
     test.skip('later', () => {}); test('is prepared', () => assert.equal(globalThis.before, 'test'));`,
  );
  project.put('packages/a/unit/broken.js', 'const = 1;');
  expect(await project.run({ project: 'packages/a', paths: ['packages/a/unit/lib.js'], coverage: true })).toMatchObject(
    {
      framework: 'node',
      ok: false,
      totals: { passed: 2, failed: 1, skipped: 1 },
      tests: [
        {
          name: 'outer › fails',
          file: 'packages/a/unit/lib.js',
          state: 'failed',
          message: expect.stringContaining('1 == 3') as string,
        },
        { name: 'outer › inner <&> › works', state: 'passed' },
        { name: 'is prepared', state: 'passed' },
        { name: 'later', state: 'skipped' },
      ],
      coverage: {
        source: 'lcov.info',
        files: expect.arrayContaining([{ file: 'packages/a/lib.js', lines: { covered: 3, total: 4 } }]) as unknown,
      },
    },
  );
  const whole = await project.run({ project: 'packages/a' });
  expect(whole).toMatchObject({ totals: { passed: 2, failed: 2, skipped: 1 } });
  expect(Object.keys(statesOf(whole)).join()).toContain('broken.js');
  expect(whole['tail']).toContain('SyntaxError');
  expect(
    await project.run({ project: 'packages/a', filter: 'works', paths: ['packages/a/unit/lib.js'] }),
  ).toMatchObject({
    ok: true,
    totals: { passed: 1, failed: 0 },
  });
});

it('ends tests whose time is up, with all they started', async () => {
  using project = emptyProject();
  project.put('package.json', { scripts: { test: 'node --test' } });
  project.put(
    'hang.test.js',
    `require('node:test').test('hangs', () => new Promise(() => setInterval(() => {}, 1000)));`,
  );
  expect(await project.run({ timeoutMs: 1500 })).toMatchObject({ ok: false, timedOut: true });
});
