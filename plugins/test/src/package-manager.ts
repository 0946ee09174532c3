import { existsSync, readFileSync } from 'node:fs';
import { delimiter, isAbsolute, join, relative } from 'node:path';
import { foldersUp } from './node-binary.ts';

type ManagerName = 'npm' | 'pnpm' | 'yarn';

export interface PackageManager {
  readonly name: ManagerName;
  /** Starts it, without arguments. */
  readonly command: readonly string[];
  /** Yarn's Plug'n'Play: there is no node_modules, so that it has to start the programs of packages. */
  readonly programs: 'in node_modules' | 'by the manager';
  /** What a person has to know of the choice; empty where it is the project's own. */
  readonly note: string;
}

const LOCK_FILES: readonly (readonly [file: string, name: ManagerName])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
];

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** The Yarn that the project brings along. Undefined where it brings none, or one from outside of the workspace. */
function yarnOfProject(folder: string, workspace: string): string | undefined {
  const settings = join(folder, '.yarnrc.yml');
  if (!existsSync(settings)) return undefined;
  const path = /^yarnPath:\s*["']?([^"'\n]+?)["']?\s*$/m.exec(readFileSync(settings, 'utf8'))?.[1];
  if (path === undefined) return undefined;
  const file = isAbsolute(path) ? path : join(folder, path);
  return !relative(workspace, file).startsWith('..') && existsSync(file) ? file : undefined;
}

/**
 * The package manager of a project: the nearest lock file says which. One that this machine does not have is replaced by npm, which runs
 * the same scripts; not with Plug'n'Play, where only Yarn finds the packages.
 */
export function packageManagerOf(folder: string, workspace: string): PackageManager {
  for (const at of foldersUp(folder, workspace)) {
    const name = LOCK_FILES.find(([file]) => existsSync(join(at, file)))?.[1];
    if (name === undefined) continue;
    const programs = existsSync(join(at, '.pnp.cjs')) ? 'by the manager' : 'in node_modules';
    const ownYarn = name === 'yarn' ? yarnOfProject(at, workspace) : undefined;
    if (ownYarn !== undefined) return { name, command: ['node', ownYarn], programs, note: '' };
    if (isOnPath(name) || programs === 'by the manager') return { name, command: [name], programs, note: '' };
    return { name: 'npm', command: ['npm'], programs, note: `; ${name} is not installed here, so npm runs it` };
  }
  return { name: 'npm', command: ['npm'], programs: 'in node_modules', note: '' };
}
