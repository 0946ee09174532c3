import picomatch from 'picomatch';

/**
 * Says of a path, relative to its workspace, whether the operator's list hides it. A glob without a slash fits the name at any depth, one
 * with a slash the whole path; upper and lower case are the same, as with the rules that are always there.
 */
export function hiddenFiles(globs: readonly string[]): (path: string) => boolean {
  const known = compiled.get(globs) ?? compile(globs);
  compiled.set(globs, known);
  return known;
}

/** A list is asked about thousands of paths, and is a new one when it was changed. */
const compiled = new WeakMap<readonly string[], (path: string) => boolean>();

function compile(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const names = globs.filter((glob) => !glob.includes('/'));
  const paths = globs.filter((glob) => glob.includes('/'));
  const options = { dot: true, nocase: true };
  const fitsName = names.length > 0 ? picomatch(names, options) : () => false;
  const fitsPath = paths.length > 0 ? picomatch(paths, options) : () => false;
  return (path) => fitsName(path.slice(path.lastIndexOf('/') + 1)) || fitsPath(path);
}
