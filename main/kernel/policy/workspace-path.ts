/** Linux opens no longer path than this (PATH_MAX); a longer one is not a file of the workspace. */
const MAX_PATH_LENGTH = 4096;

const SLASH = 47;
const BACKSLASH = 92;
const DOT = 46;
const COLON = 58;

/** True for `/`-separated ASCII without empty, `.` or `..` segments: what almost every call carries. */
function isNormalAscii(path: string): boolean {
  const length = path.length;
  if (length === 0 || length > MAX_PATH_LENGTH) return false;
  let start = 0;
  for (let index = 0; index <= length; index++) {
    const code = index === length ? SLASH : path.charCodeAt(index);
    if (code === SLASH) {
      const size = index - start;
      if (size === 0) return false;
      if (size <= 2 && path.charCodeAt(start) === DOT && (size === 1 || path.charCodeAt(start + 1) === DOT))
        return false;
      start = index + 1;
    } else if (code === 0 || code === BACKSLASH || code === COLON || code > 126) return false;
  }
  return true;
}

/** The segments with `.`, `..` and empty ones resolved; undefined when `..` climbs above the start. */
function resolveSegments(path: string): string[] | undefined {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments;
}

function belowRoot(segments: readonly string[], roots: readonly string[]): string[] | undefined {
  for (const root of roots) {
    const parents = resolveSegments(root.normalize('NFC'));
    if (parents?.every((parent, index) => parent === segments[index])) return segments.slice(parents.length);
  }
  return undefined;
}

/** Windows reads `a\..\..\b` and `C:\b` as ways out; on other systems such a name is too odd to be worth the risk. */
function escapesOnWindows(path: string): boolean {
  if (/^[A-Za-z]:[\\/]/.test(path)) return true;
  if (!path.includes('\\')) return false;
  const posix = path.replaceAll('\\', '/');
  return posix.startsWith('/') || resolveSegments(posix) === undefined;
}

/**
 * The form of a path that rules are matched against: relative to the workspace, POSIX separators, `.`, `..` and `//`
 * resolved, NFC. The workspace itself is the empty string. It is for judging only: what is opened are the original bytes.
 * @param roots absolute folders whose content is the workspace (such as `/workspace`); without them every absolute path leaves it.
 * @returns undefined when the path leaves the workspace, holds a NUL byte or is longer than any path can be.
 */
export function normaliseWorkspacePath(path: string, roots: readonly string[] = []): string | undefined {
  if (isNormalAscii(path)) return path;
  if (path.length > MAX_PATH_LENGTH || path.includes('\0')) return undefined;
  const composed = path.normalize('NFC');
  let segments = resolveSegments(composed);
  if (segments !== undefined && composed.startsWith('/')) segments = belowRoot(segments, roots);
  if (segments === undefined) return undefined;
  const normal = segments.join('/');
  return escapesOnWindows(normal) ? undefined : normal;
}
