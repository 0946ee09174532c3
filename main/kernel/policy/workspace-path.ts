/** Linux opens no longer path than this (PATH_MAX); a longer one is not a file of the workspace. */
const MAX_PATH_LENGTH = 4096;

/**
 * What almost every call carries: segments of ASCII letters and signs, none of them empty, `.` or `..`. It lets fewer names
 * pass than it could (none with two dots in front); the others are only a little slower.
 */
const NORMAL =
  /^(?:\.?[^./\\:\0\x7f-\uffff][^/\\:\0\x7f-\uffff]*)(?:\/\.?[^./\\:\0\x7f-\uffff][^/\\:\0\x7f-\uffff]*)*$/;

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
  if (path.length > MAX_PATH_LENGTH) return undefined;
  if (NORMAL.test(path)) return path;
  if (path.includes('\0')) return undefined;
  const composed = path.normalize('NFC');
  let segments = resolveSegments(composed);
  if (segments !== undefined && composed.startsWith('/')) segments = belowRoot(segments, roots);
  if (segments === undefined) return undefined;
  const normal = segments.join('/');
  return escapesOnWindows(normal) ? undefined : normal;
}
