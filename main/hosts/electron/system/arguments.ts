import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Wish } from '../../../../schema/contract/window.ts';
import { isDeepLink, parseDeepLink } from './deep-link.ts';

/** How the program was started, here or beside the one that runs. */
export interface Started {
  readonly args: readonly string[];
  readonly cwd: string;
}

const ARGS_LIMIT = 64;
const TEXT_LIMIT = 4096;

/** What another start handed over; undefined where it is not of the form that this program hands over. */
export function startedOf(data: unknown): Started | undefined {
  if (typeof data !== 'object' || data === null || !('args' in data) || !('cwd' in data)) return undefined;
  const { args, cwd } = data;
  if (!Array.isArray(args) || args.length > ARGS_LIMIT || !isText(cwd)) return undefined;
  return args.every(isText) ? { args, cwd } : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_LIMIT;
}

/** What is to be shown; `refused` for a link that is none of ours, undefined where nothing was named. */
export function wishOf({ args, cwd }: Started, isFolder: (path: string) => boolean): Wish | 'refused' | undefined {
  const { positionals } = parseArgs({ args: [...args], options: { home: { type: 'string' } }, strict: false });
  const [named] = positionals;
  if (named === undefined || named === '') return undefined;
  if (isDeepLink(named)) return parseDeepLink(named) ?? 'refused';
  const path = resolve(cwd, named);
  return isFolder(path) ? { show: 'folder', path } : undefined;
}
