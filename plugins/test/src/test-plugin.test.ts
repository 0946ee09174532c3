import { describe, expect, it } from 'vitest';
import { emptyProject } from './testing.fixture.ts';

describe('test.detect', () => {
  it('finds nothing in an empty folder', async () => {
    using project = emptyProject();
    expect((await project.harness.call('detect')).result).toEqual({ candidates: [] });
    expect(await project.harness.refusal('run', {})).toBe('no_tests');
  });

  it('puts what the test script runs before what is installed', async () => {
    using project = emptyProject();
    for (const name of ['vitest', 'jest', 'mocha']) project.put(`node_modules/.bin/${name}`, '');
    project.put('package.json', {
      scripts: { test: 'tsc && jest --ci' },
      devDependencies: { vitest: '5', jest: '30' },
    });
    project.put('.mocharc.json', '{}');
    project.put('sub/conftest.py', '');
    const detected = async (folder: string): Promise<string[]> =>
      (
        (await project.harness.call('detect', { project: folder })).result as {
          candidates: { framework: string; command: string[]; because: string }[];
        }
      ).candidates.map(({ framework, command, because }) =>
        `${framework}: ${command.join(' ')} (${because})`.replace(`${project.workspace}/`, ''),
      );
    expect(await detected('.')).toEqual([
      'jest: node_modules/.bin/jest --ci (package.json runs jest among other commands, which are not run)',
      'vitest: node_modules/.bin/vitest (package.json depends on vitest)',
      'mocha: node_modules/.bin/mocha (mocha is configured here)',
      'script: npm test (package.json has a test script (npm))',
    ]);
    for (const test of [
      'pnpm -r test',
      'npm run lint && npm test --workspaces',
      'turbo run test',
      'yarn workspaces foreach run test',
    ]) {
      project.put('package.json', { scripts: { test }, devDependencies: { vitest: '5' } });
      expect((await detected('.'))[0]).toContain('script: npm test');
    }
    expect(await detected('sub')).toEqual(['pytest: python3 -m pytest (conftest.py is there)']);
  });
});

describe('test.run', () => {
  it('falls back to the test script and its exit code', async () => {
    using project = emptyProject();
    project.put('package.json', { scripts: { test: 'echo said && exit 3' } });
    expect(await project.run({ coverage: true })).toMatchObject({
      framework: 'script',
      ok: false,
      exitCode: 3,
      tail: expect.stringContaining('said') as string,
      coverageMissing: expect.stringContaining('the script has to write one') as string,
    });
  });
});
