import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary } from './node-binary.ts';
import { type PackageManager, packageManagerOf } from './package-manager.ts';
import type { FrameworkName } from './test-result.ts';
import { type ScriptedRun, scriptedRun } from './test-script.ts';

export interface Candidate {
  readonly framework: FrameworkName;
  /** Without arguments. */
  readonly command: readonly string[];
  /** What the project's own test script says beside: options, files or patterns, variables. */
  readonly options: readonly string[];
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What says so, for a person. */
  readonly because: string;
}

interface PackageJson {
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

const NODE_FRAMEWORKS = ['vitest', 'jest', 'mocha'] as const;
/** What has each package of a monorepo run its own tests. */
const OVER_PACKAGES =
  /(?:^|[\s;&])(?:pnpm\s+(?:-r|--recursive)|npm\s.*(?:-ws|--workspaces)|yarn\s+workspaces?|turbo|nx|lerna)(?:\s|$)/;
const PLAIN = { options: [], files: [], env: {} };

function readPackage(folder: string): PackageJson | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

interface NodeProject {
  readonly folder: string;
  readonly workspace: string;
  readonly manager: PackageManager;
}

/** Starts the program of a package. Undefined where the package is not installed. */
function programOf(name: string, { folder, workspace, manager }: NodeProject): string[] | undefined {
  if (manager.programs === 'by the manager') return [...manager.command, 'run', name];
  const binary = nodeBinary(name, folder, workspace);
  return binary === undefined ? undefined : [binary];
}

/** What the test script starts, with what it says to it. */
function scripted(run: ScriptedRun, project: NodeProject): Candidate[] {
  const { framework, program, options, files, env, alone } = run;
  const command = program === 'node' ? ['node'] : programOf(program || framework, project);
  if (command === undefined) return [];
  const what = framework === 'node' ? `${program} --test` : framework;
  const others = alone === 'yes' ? '' : ' among other commands, which are not run';
  return [{ framework, command, options, files, env, because: `package.json runs ${what}${others}` }];
}

function nodeCandidates(folder: string, workspace: string): Candidate[] {
  const description = readPackage(folder);
  if (description === undefined) return [];
  const scripts = description.scripts ?? {};
  const dependencies = { ...description.dependencies, ...description.devDependencies };
  const manager = packageManagerOf(folder, workspace);
  const project = { folder, workspace, manager };
  const run = scriptedRun(scripts);
  // What the test script runs comes before what is merely installed.
  const candidates = run === undefined ? [] : scripted(run, project);
  for (const framework of NODE_FRAMEWORKS) {
    const listed = framework in dependencies;
    if (candidates[0]?.framework === framework || !(listed || hasSettings(framework, folder))) continue;
    const command = programOf(framework, project);
    const because = listed ? `package.json depends on ${framework}` : `${framework} is configured here`;
    if (command !== undefined) candidates.push({ ...PLAIN, framework, command, because });
  }
  const testScript = scripts['test'] ?? '';
  if (testScript !== '' && !testScript.includes('no test specified')) {
    const because = `package.json has a test script (${manager.name}${manager.note})`;
    const script: Candidate = { ...PLAIN, framework: 'script', command: [...manager.command, 'test'], because };
    // A framework at the top knows nothing of the packages' settings.
    if (run === undefined && OVER_PACKAGES.test(testScript)) candidates.unshift(script);
    else candidates.push(script);
  }
  if (candidates.length === 0 && hasFile(folder, /\.test\.[cm]?[jt]s$/)) {
    candidates.push({
      ...PLAIN,
      framework: 'node',
      command: ['node'],
      because: 'there are files named *.test.*',
    });
  }
  return candidates;
}

function hasSettings(framework: string, folder: string): boolean {
  const name = new RegExp(`^(?:${framework}\\.config\\.[cm]?[jt]s(?:on)?|\\.${framework}rc(?:\\..+)?)$`);
  return readdirSync(folder).some((each) => name.test(each));
}

function hasFile(folder: string, name: RegExp): boolean {
  const names = (at: string): string[] => (existsSync(at) ? readdirSync(at) : []);
  return ['.', 'test', 'tests', 'src'].some((sub) => names(join(folder, sub)).some((each) => name.test(each)));
}

function mentions(folder: string, file: string, text: string): boolean {
  const path = join(folder, file);
  return existsSync(path) && readFileSync(path, 'utf8').includes(text);
}

/** The interpreter of the project's own environment, where that has pytest and works here: one of another machine's does not. */
function pythonOf(folder: string): string {
  const own = ['.venv', 'venv'].map((name) => join(folder, name, 'bin'));
  const bin = own.find((each) => existsSync(join(each, 'python')) && existsSync(join(each, 'pytest')));
  return bin === undefined ? 'python3' : join(bin, 'python');
}

function pythonCandidates(folder: string): Candidate[] {
  const because = [
    existsSync(join(folder, 'pytest.ini')) && 'pytest.ini is there',
    mentions(folder, 'pyproject.toml', 'pytest') && 'pyproject.toml mentions pytest',
    mentions(folder, 'setup.cfg', '[tool:pytest]') && 'setup.cfg configures pytest',
    mentions(folder, 'tox.ini', 'pytest') && 'tox.ini mentions pytest',
    existsSync(join(folder, 'conftest.py')) && 'conftest.py is there',
    hasFile(folder, /^(test_.*|.*_test)\.py$/) && 'there are files named test_*.py',
  ].find((each) => typeof each === 'string');
  return because === undefined
    ? []
    : [{ ...PLAIN, framework: 'pytest', command: [pythonOf(folder), '-m', 'pytest'], because }];
}

/** The ways to run the tests of a folder, the likeliest first. Both paths are absolute. */
export function detect(folder: string, workspace: string): Candidate[] {
  const candidates = [...nodeCandidates(folder, workspace), ...pythonCandidates(folder)];
  if (existsSync(join(folder, 'go.mod')))
    candidates.push({ ...PLAIN, framework: 'go', command: ['go'], because: 'go.mod is there' });
  if (existsSync(join(folder, 'Cargo.toml'))) {
    candidates.push({ ...PLAIN, framework: 'cargo', command: ['cargo'], because: 'Cargo.toml is there' });
  }
  return candidates;
}
