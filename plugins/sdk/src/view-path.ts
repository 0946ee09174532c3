import { ToolError } from './tool-error.ts';
import type { ViewNode, WorkspaceView } from './workspace-view.ts';

/** As Linux does (MAXSYMLINKS). */
const LINK_LIMIT = 40;
const PATH_LIMIT_BYTES = 4096;

/** `data.target` says where it would lead, as far as it is known. */
function escape(path: string, target: string): ToolError {
  return new ToolError('workspace_escape', `Cannot use "${path}": it leads out of the workspace`, { data: { target } });
}

/**
 * The path relative to the workspace with `.`, `..` and `//` resolved, as the policy judged it; the workspace itself is the empty string.
 * An absolute path must lie below `root`. Throws `workspace_escape`, and `not_found` for what can be no path.
 */
export function normalViewPath(path: string, root: string): string {
  if (path.includes('\0') || Buffer.byteLength(path) > PATH_LIMIT_BYTES) {
    throw new ToolError('not_found', 'Cannot use the path: it holds a NUL byte or is longer than a path can be');
  }
  let relative = path;
  if (path.startsWith('/')) {
    if (path !== root && !path.startsWith(`${root}/`)) throw escape(path, path);
    relative = path.slice(root.length);
  }
  const segments: string[] = [];
  for (const segment of relative.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) throw escape(path, '..');
  }
  return segments.join('/');
}

export interface ResolvedPath {
  /** Normal and free of symlinks, but for the last part when its link is kept. */
  readonly path: string;
  /** Undefined when nothing is there. */
  readonly node: ViewNode | undefined;
}

/** The segments that a link's target puts in place of the link, and whether they start at the root. */
function linkSteps(view: WorkspaceView, path: string, asked: string): { steps: string[]; fromRoot: boolean } {
  const target = view.readLink(path);
  if (!target.startsWith('/')) return { steps: target.split('/'), fromRoot: false };
  if (target !== view.root && !target.startsWith(`${view.root}/`)) throw escape(asked, target);
  return { steps: target.slice(view.root.length).split('/'), fromRoot: true };
}

/**
 * Follows a path through the view, link by link, without ever leaving it: where it leads, and what is there.
 * Below a name that does not exist the rest is taken as it is written. Throws `workspace_escape`, `symlink_loop`, `not_a_directory`.
 */
export function resolveInView(view: WorkspaceView, path: string, lastLink: 'follow' | 'keep' = 'follow'): ResolvedPath {
  const pending = normalViewPath(path, view.root).split('/').toReversed();
  const done: string[] = [];
  let node: ViewNode | undefined = view.lookAt('');
  let links = 0;
  while (pending.length > 0) {
    const segment = pending.pop() ?? '';
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      if (done.pop() === undefined) throw escape(path, '..');
      node = view.lookAt(done.join('/'));
      continue;
    }
    if (node !== undefined && node.type !== 'directory') {
      throw new ToolError('not_a_directory', `Cannot use "${path}": "${done.join('/')}" is not a folder`);
    }
    done.push(segment);
    if (node === undefined) continue;
    const here = done.join('/');
    node = view.lookAt(here);
    if (node?.type !== 'symlink' || (lastLink === 'keep' && pending.length === 0)) continue;
    links += 1;
    if (links > LINK_LIMIT) throw new ToolError('symlink_loop', `Cannot use "${path}": its links lead in a circle`);
    const { steps, fromRoot } = linkSteps(view, here, path);
    if (fromRoot) done.length = 0;
    else done.pop();
    node = view.lookAt(done.join('/'));
    pending.push(...steps.toReversed());
  }
  return { path: done.join('/'), node };
}
