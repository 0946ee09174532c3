/** Linux opens no longer path than this (PATH_MAX); a longer one is not a file of the workspace. */
const MAX_PATH_LENGTH = 4096;

const SLASH = 47;
const DOT = 46;

const ORDINARY = 0;
const SEPARATOR = 1;
const UNUSUAL = 2;

/** What each ASCII character means for the quick look at a path; whatever is beyond the table is unusual. */
const KINDS = Uint8Array.from({ length: 127 }, (_, code) => {
  if (code === SLASH) return SEPARATOR;
  return ['\0', '\\', ':'].includes(String.fromCharCode(code)) ? UNUSUAL : ORDINARY;
});

/** True for an empty segment, `.` and `..`. */
function isDotSegment(path: string, start: number, end: number): boolean {
  const size = end - start;
  if (size > 2 || size === 0) return size === 0;
  return path.charCodeAt(start) === DOT && (size === 1 || path.charCodeAt(start + 1) === DOT);
}

/** True for `/`-separated ASCII without empty, `.` or `..` segments: what almost every call carries. */
function isNormalAscii(path: string): boolean {
  const length = path.length;
  if (length > MAX_PATH_LENGTH) return false;
  let start = 0;
  for (let index = 0; index < length; index++) {
    const kind = KINDS[path.charCodeAt(index)];
    if (kind === ORDINARY) continue;
    if (kind !== SEPARATOR || isDotSegment(path, start, index)) return false;
    start = index + 1;
  }
  return !isDotSegment(path, start, length);
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
