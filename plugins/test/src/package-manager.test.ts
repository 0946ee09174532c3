import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageManagerOf } from './package-manager.ts';
import { emptyProject, type Project, repository } from './testing.fixture.ts';

const PROGRAMS = { pnpm: 'pnpm/bin/pnpm.cjs', classic: 'yarn/bin/yarn.js', berry: '@yarnpkg/cli-dist/bin/yarn.js' };
const NODE_TEST = `require('node:test').test('is run', () => {});`;
/** Where `CI` is set, Yarn refuses to write a lock that is not there yet. */
const OFFLINE = {
  ...process.env,
  YARN_ENABLE_NETWORK: '0',
  YARN_ENABLE_TELEMETRY: '0',
  YARN_ENABLE_IMMUTABLE_INSTALLS: '0',
};
const path = process.env['PATH'];
let project: Project;

beforeEach(() => {
  project = emptyProject();
});
afterEach(() => {
  process.env['PATH'] = path;
  project[Symbol.dispose]();
});

/** Puts a package manager first on the path; none of the machine's own is there. */
function onPath(manager?: keyof typeof PROGRAMS): void {
  const folder = join(project.workspace, 'programs');
  mkdirSync(folder);
  symlinkSync(process.execPath, join(folder, 'node'));
  if (manager !== undefined) {
    const name = manager === 'pnpm' ? 'pnpm' : 'yarn';
    symlinkSync(join(repository, 'node_modules', PROGRAMS[manager]), join(folder, name));
  }
  process.env['PATH'] = `${folder}:/usr/bin:/bin`;
}

const SAYS = { scripts: { test: 'node says.js' } };

describe('the test script', () => {
  it.each([
    ['pnpm', 'pnpm-lock.yaml', 'pnpm'],
    ['classic', 'yarn.lock', 'yarn'],
  ] as const)('is run by %s, which is handed the arguments', async (manager, lock, name) => {
    onPath(manager);
    project.put(lock, '');
    project.put('package.json', SAYS);
    project.put('says.js', 'console.log("given", JSON.stringify(process.argv.slice(2))); process.exitCode = 3;');
    expect(await project.run({ args: ['--one', 'two'] })).toMatchObject({
      framework: 'script',
      command: [name, 'test', '--one', 'two'],
      ok: false,
      tail: expect.stringContaining('given ["--one","two"]') as string,
    });
    expect(await project.harness.refusal('run', { filter: 'x' })).toBe('unsupported');
  });

  it('is run by the Yarn that the project brings along', async () => {
    onPath();
    mkdirSync(join(project.workspace, '.yarn/releases'), { recursive: true });
    symlinkSync(join(repository, 'node_modules', PROGRAMS.berry), join(project.workspace, '.yarn/releases/yarn-4.cjs'));
    project.put('.yarnrc.yml', 'nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-4.cjs\n');
    project.put('yarn.lock', '');
    project.put('package.json', { ...SAYS, name: 'a' });
    project.put('says.js', 'console.log("given", JSON.stringify(process.argv.slice(2)));');
    execFileSync('node', ['.yarn/releases/yarn-4.cjs', 'install'], { cwd: project.workspace, env: OFFLINE });
    expect(await project.run({ args: ['--one'] })).toMatchObject({
      ok: true,
      tail: expect.stringContaining('given ["--one"]') as string,
    });
  });

  it('is run by npm where the project has a manager that is not here, and says so', () => {
    onPath();
    project.put('pnpm-lock.yaml', '');
    expect(packageManagerOf(project.workspace, project.workspace)).toMatchObject({
      name: 'npm',
      note: expect.stringContaining('pnpm is not installed here') as string,
    });
  });
});

describe('a package of a monorepo', () => {
  it.each([
    ['pnpm', 'pnpm-workspace.yaml', 'packages: ["packages/*"]\n'],
    ['berry', '.yarnrc.yml', 'enableGlobalCache: false\n'],
  ] as const)('is tested by the framework that %s has installed', async (manager, settings, text) => {
    onPath(manager);
    project.put(settings, text);
    project.put('tool/package.json', { name: 'mocha', version: '1.0.0', bin: { mocha: 'mocha.js' } });
    // Stands for the framework, as none can be downloaded: it answers as the plugin's reporter would.
    project.put(
      'tool/mocha.js',
      `#!/usr/bin/env node
       require('node:fs').writeFileSync(process.env.CAVERN_MOCHA_REPORT, JSON.stringify([{ titles: [require(require.resolve('here', { paths: [process.cwd()] })).name, ...process.argv.slice(3)], state: 'passed' }]));`,
    );
    project.put('package.json', { name: 'root', private: true, workspaces: ['packages/*'] });
    project.put('packages/here/package.json', { name: 'here', version: '1.0.0', main: 'package.json' });
    project.put('packages/a/package.json', {
      name: 'a',
      version: '1.0.0',
      scripts: { test: 'mocha --exit spec' },
      devDependencies: { mocha: 'file:../../tool', here: 'workspace:*' },
    });
    const install = manager === 'pnpm' ? ['pnpm', 'install', '--offline'] : ['yarn', 'install'];
    execFileSync(install[0] ?? '', install.slice(1), {
      cwd: project.workspace,
      env: { ...OFFLINE, PATH: process.env['PATH'] },
    });
    expect(await project.run({ project: 'packages/a' })).toMatchObject({
      framework: 'mocha',
      ok: true,
      tests: [{ name: 'here › --exit › spec', state: 'passed' }],
    });
  });
});

it('node --test is run the same whatever installed the packages', async () => {
  onPath('pnpm');
  project.put('pnpm-lock.yaml', '');
  project.put('package.json', { scripts: { test: 'node --test' } });
  project.put('a.test.js', NODE_TEST);
  expect(await project.run()).toMatchObject({ framework: 'node', ok: true, totals: { passed: 1 } });
});
