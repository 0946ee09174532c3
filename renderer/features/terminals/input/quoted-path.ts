import { INNER_WORKSPACE } from '../links/workspace-path.ts';

const PLAIN = /^[\w@%+=:,./-]+$/;

/** A path as one word of a shell. */
export function quotedPath(path: string): string {
  return PLAIN.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

export interface DroppedFiles {
  /** Words to type, each a path as the sandbox has it. */
  readonly words: readonly string[];
  /** Names of files that the sandbox does not have. */
  readonly outside: readonly string[];
}

/** What becomes of files that are dropped on a terminal: those of the workspace are named, others are not in the sandbox. */
export function placeDropped(paths: readonly string[], workspace: string): DroppedFiles {
  const root = workspace.replace(/\/+$/, '');
  const words: string[] = [];
  const outside: string[] = [];
  for (const path of paths) {
    if (path === root || path.startsWith(`${root}/`)) words.push(quotedPath(INNER_WORKSPACE + path.slice(root.length)));
    else outside.push(path.slice(path.lastIndexOf('/') + 1));
  }
  return { words, outside };
}
