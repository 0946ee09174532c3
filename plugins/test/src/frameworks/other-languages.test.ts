import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyProject, statesOf } from '../testing.fixture.ts';

// What the set-up of `npm test` brings, also where another Python without pytest stands before it.
const path = process.env['PATH'];
beforeAll(() => {
  process.env['PATH'] = `/usr/bin:${path}`;
});
afterAll(() => {
  process.env['PATH'] = path;
});

it('runs pytest with what cannot be collected, coverage and a filter', async () => {
  using project = emptyProject();
  project.put('pytest.ini', '[pytest]\n');
  project.put('sub/lib.py', 'def f(x):\n  if x:\n    return 1\n  return 2\n');
  project.put(
    'sub/test_a.py',
    'import pytest\nfrom lib import f\nclass TestIt:\n  def test_ok(self): assert f(1) == 1\n  def test_bad(self): assert f(1) == 3\n@pytest.mark.skip(reason="not yet")\ndef test_later(): pass\n@pytest.mark.parametrize("x", [0, "<&"])\ndef test_each(x): pass\n',
  );
  project.put('sub/test_broken.py', 'import nothing_of_that_name\n');
  const run = await project.run({ project: 'sub', coverage: true, args: ['--continue-on-collection-errors'] });
  expect(run).toMatchObject({
    framework: 'pytest',
    ok: false,
    exitCode: 1,
    totals: { passed: 3, failed: 2, skipped: 1 },
    coverage: {
      source: 'lcov.info',
      files: expect.arrayContaining([{ file: 'sub/lib.py', lines: { covered: 3, total: 4 } }]) as unknown,
    },
  });
  expect(run.tests).toMatchObject([
    { message: expect.stringContaining('nothing_of_that_name') as string },
    {
      name: 'sub.test_a.TestIt › test_bad',
      file: 'sub/test_a.py',
      message: expect.stringContaining('assert 1 == 3') as string,
    },
    {},
    { name: 'sub.test_a › test_each[0]' },
    { name: 'sub.test_a › test_each[<&]' },
    { name: 'sub.test_a › test_later', message: expect.stringContaining('not yet') as string },
  ]);
  expect(await project.run({ project: 'sub', filter: 'ok', paths: ['sub/test_a.py'] })).toMatchObject({
    ok: true,
    totals: { passed: 1, failed: 0, skipped: 0 },
  });
  project.put('test_hang.py', 'import time\ndef test_hang(): time.sleep(60)\n');
  expect(await project.run({ paths: ['test_hang.py'], timeoutMs: 2000 })).toMatchObject({ ok: false, timedOut: true });
});

it('runs the Python of the project itself where that has pytest', async () => {
  using project = emptyProject();
  project.put('conftest.py', '');
  project.put('.venv/bin/pytest', '#!/bin/sh\n');
  symlinkSync('/nowhere/python3', join(project.workspace, '.venv/bin/python'));
  const commands = async (): Promise<unknown> =>
    ((await project.harness.call('detect')).result as { candidates: { command: string[] }[] }).candidates.map(
      ({ command }) => command[0],
    );
  expect(await commands()).toEqual(['python3']);
  project.put('venv/bin/pytest', '#!/bin/sh\n');
  project.put('venv/bin/python', '#!/bin/sh\n');
  chmodSync(join(project.workspace, 'venv/bin/python'), 0o755);
  expect(await commands()).toEqual([join(project.workspace, 'venv/bin/python')]);
});

it('runs go test with packages that do not compile, panics, coverage and a filter', async () => {
  using project = emptyProject();
  project.put('go.mod', 'module example.org/m\n\ngo 1.19\n');
  project.put('lib/lib.go', 'package lib\n\nfunc F(x bool) int {\n\tif x {\n\t\treturn 1\n\t}\n\treturn 2\n}\n');
  project.put(
    'lib/lib_test.go',
    `package lib

import "testing"

func TestGood(t *testing.T) {
	for _, name := range []string{"a", "b c"} {
		t.Run(name, func(t *testing.T) {})
	}
	if F(true) != 1 {
		t.Fatal("no")
	}
}
func TestBad(t *testing.T)   { t.Fatalf("%d is not three", F(true)) }
func TestLater(t *testing.T) { t.Skip("not yet") }
`,
  );
  const good = await project.run({ coverage: true });
  expect(good).toMatchObject({
    framework: 'go',
    ok: false,
    exitCode: 1,
    totals: { passed: 3, failed: 1, skipped: 1 },
    problems: [],
    coverage: { source: 'cover.out', files: [{ file: 'lib/lib.go', lines: { covered: 4, total: 5 } }] },
  });
  expect(good.tests[0]).toMatchObject({
    name: 'example.org/m/lib › TestBad',
    message: expect.stringContaining('1 is not three') as string,
  });
  expect(statesOf(good)).toMatchObject({
    'example.org/m/lib › TestGood/b_c': 'passed',
    'example.org/m/lib › TestLater': 'skipped',
  });
  expect(await project.shown({ filter: 'Good', paths: ['lib/lib_test.go'] })).toContain('--- PASS: TestGood');
  project.put('broken/broken_test.go', 'package broken\n\nvar x int = "text"\n');
  project.put(
    'exits/exits_test.go',
    'package exits\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestExits(t *testing.T) { os.Exit(3) }\n',
  );
  project.put(
    'panics/panics_test.go',
    'package panics\n\nimport "testing"\n\nfunc TestPanics(t *testing.T) { panic("dark") }\n',
  );
  const bad = await project.run({ filter: 'Good|Exits|Panics' });
  expect(statesOf(bad)).toMatchObject({
    'example.org/m/exits › TestExits': 'failed',
    'example.org/m/panics › TestPanics': 'failed',
    'example.org/m/lib › TestGood': 'passed',
  });
  expect(bad.problems.join('\n')).toContain('broken/broken_test.go:3');
  expect(bad.tests.find(({ name }) => name.endsWith('TestPanics'))?.message).toContain('panic: dark');
});

it('runs go test with what the repository has vendored', async () => {
  using project = emptyProject();
  project.put('go.mod', 'module example.org/m\n\ngo 1.19\n\nrequire example.org/dep v1.0.0\n');
  project.put('vendor/modules.txt', '# example.org/dep v1.0.0\n## explicit; go 1.19\nexample.org/dep\n');
  project.put('vendor/example.org/dep/dep.go', 'package dep\n\nconst One = 1\n');
  project.put(
    'm_test.go',
    'package m\n\nimport (\n\t"testing"\n\n\t"example.org/dep"\n)\n\nfunc TestOne(t *testing.T) {\n\tif dep.One != 1 {\n\t\tt.Fatal()\n\t}\n}\n',
  );
  expect(await project.run()).toMatchObject({ ok: true, totals: { passed: 1, failed: 0, skipped: 0 } });
});

it('runs cargo test with targets that share names, documentation, and code that does not compile', async () => {
  using project = emptyProject();
  project.put('Cargo.toml', '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n');
  project.put(
    'src/lib.rs',
    '/// ```\n/// assert_eq!(a::one(), 1);\n/// ```\npub fn one() -> i32 { 1 }\n#[cfg(test)]\nmod tests {\n  #[test] fn good() {}\n  #[test] fn bad() { assert_eq!(super::one(), 2); }\n  #[test] #[ignore = "not yet"] fn later() {}\n  #[test] #[should_panic] fn calm() {}\n}\n',
  );
  project.put('tests/whole.rs', 'mod tests {\n  #[test] fn bad() { panic!("another"); }\n}\n');
  const run = await project.run();
  expect(run).toMatchObject({
    framework: 'cargo',
    ok: false,
    totals: { passed: 2, failed: 3, skipped: 1 },
    problems: [],
  });
  const messages = Object.fromEntries(run.tests.map(({ name, message }) => [name, message]));
  expect(messages).toMatchObject({
    'src/lib.rs › tests::bad': expect.stringMatching(/left: `?1/) as string,
    'src/lib.rs › tests::calm': expect.stringContaining('did not panic') as string,
    'tests/whole.rs › tests::bad': expect.stringContaining('another') as string,
    'src/lib.rs › tests::later': 'not yet',
  });
  expect(Object.keys(messages).join()).toContain('a › src/lib.rs - one (line 1)');
  expect(await project.run({ filter: 'good' })).toMatchObject({ ok: true, totals: { passed: 1, failed: 0 } });
  expect(await project.run({ paths: ['tests/whole.rs'] })).toMatchObject({ totals: { passed: 0, failed: 1 } });
  expect(await project.harness.refusal('run', { paths: ['src/lib.rs'] })).toBe('unsupported');
  project.put('src/lib.rs', 'pub fn one() -> i32 { "text" }\n');
  expect(await project.run()).toMatchObject({
    ok: false,
    tests: [],
    problems: expect.arrayContaining([expect.stringMatching(/^error\[E0308\].*\(src\/lib\.rs:1/)]) as unknown,
  });
}, 120_000);
