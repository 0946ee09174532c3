import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FrameworkName } from './test-result.ts';

export interface Candidate {
  readonly framework: FrameworkName;
  /** Without arguments. */
  readonly command: readonly string[];
  /** What says so, for a person. */
  readonly because: string;
}

interface PackageJson {
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

const NODE_FRAMEWORKS = ['vitest', 'jest', 'mocha'] as const;
const LOCK_FILES = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
] as const;

/** The program in the nearest node_modules/.bin, no higher than the workspace. */
function binaryOf(name: string, folder: string, workspace: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'node_modules', '.bin', name);
    if (existsSync(path)) return path;
    if (at === workspace || dirname(at) === at) return undefined;
  }
}

function packageManagerOf(folder: string, workspace: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const found = LOCK_FILES.find(([file]) => existsSync(join(at, file)));
    if (found) return found[1];
    if (at === workspace || dirname(at) === at) return 'npm';
  }
}

function readPackage(folder: string): PackageJson | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function nodeCandidates(folder: string, workspace: string): Candidate[] {
  const description = readPackage(folder);
  if (description === undefined) return [];
  const testScript = description.scripts?.['test'] ?? '';
  const dependencies = { ...description.dependencies, ...description.devDependencies };
  const candidates = NODE_FRAMEWORKS.flatMap((framework): Candidate[] => {
    const named = new RegExp(`(^|[\\s/;&])${framework}(\\s|$)`).test(testScript);
    const listed = framework in dependencies;
    const binary = named || listed ? binaryOf(framework, folder, workspace) : undefined;
    if (binary === undefined) return [];
    return [{ framework, command: [binary], because: `package.json ${named ? 'runs' : 'depends on'} ${framework}` }];
  });
  // What the test script runs comes before what is merely installed.
  candidates.sort((a, b) => Number(b.because.includes(' runs ')) - Number(a.because.includes(' runs ')));
  if (/\bnode\b.*\s--test\b/.test(testScript)) {
    candidates.unshift({ framework: 'node', command: ['node'], because: 'package.json runs node --test' });
  }
  if (testScript !== '' && !testScript.includes('no test specified')) {
    const manager = packageManagerOf(folder, workspace);
    candidates.push({
      framework: 'script',
      command: [manager, 'test'],
      because: `package.json has a test script (${manager})`,
    });
  }
  if (candidates.length === 0 && hasFile(folder, /\.test\.[cm]?[jt]s$/)) {
    candidates.push({ framework: 'node', command: ['node'], because: 'there are files named *.test.*' });
  }
  return candidates;
}

function hasFile(folder: string, name: RegExp): boolean {
  const names = (at: string): string[] => (existsSync(at) ? readdirSync(at) : []);
  return ['.', 'test', 'tests', 'src'].some((sub) => names(join(folder, sub)).some((each) => name.test(each)));
}

function mentions(folder: string, file: string, text: string): boolean {
  const path = join(folder, file);
  return existsSync(path) && readFileSync(path, 'utf8').includes(text);
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
  return because === undefined ? [] : [{ framework: 'pytest', command: ['python3', '-m', 'pytest'], because }];
}

/** The ways to run the tests of a folder, the likeliest first. Both paths are absolute. */
export function detect(folder: string, workspace: string): Candidate[] {
  const candidates = [...nodeCandidates(folder, workspace), ...pythonCandidates(folder)];
  if (existsSync(join(folder, 'go.mod')))
    candidates.push({ framework: 'go', command: ['go'], because: 'go.mod is there' });
  if (existsSync(join(folder, 'Cargo.toml'))) {
    candidates.push({ framework: 'cargo', command: ['cargo'], because: 'Cargo.toml is there' });
  }
  return candidates;
}
