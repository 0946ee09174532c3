/** A place in a file of the workspace. */
export interface FilePlace {
  /** Relative to the workspace. */
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

export interface FoundPlace extends FilePlace {
  /** Where in the text it stands. */
  readonly start: number;
  readonly end: number;
}

/** Where the sandbox has the workspace. */
export const INNER_WORKSPACE = '/workspace';

/** `path:line:column`, `path(line,column)` and Python's `"path", line N`. A path has a slash, an ending, or a line behind it. */
const PLACE =
  /(?<![\w/~.])(?<path>(?:(?:\.{1,2}\/)+|\/)?[\w@+-][\w.@+~-]*(?:\/[\w.@+~-]+)*)(?:"?, line (?<pyLine>\d{1,7})|:(?<line>\d{1,7})(?::(?<column>\d{1,5}))?|\((?<tsLine>\d{1,7}),(?<tsColumn>\d{1,5})\))?/g;

/** The places that a line of output names, relative to the folder that the shell is in. Whether they exist is seen when one is opened. */
export function placesIn(text: string, folder: string): FoundPlace[] {
  const found: FoundPlace[] = [];
  for (const { index, 0: whole, groups = {} } of text.matchAll(PLACE)) {
    const { path: written = '' } = groups;
    const line = Number(groups['line'] ?? groups['tsLine'] ?? groups['pyLine'] ?? 0);
    const column = Number(groups['column'] ?? groups['tsColumn'] ?? 0);
    if (/^\d[\d.]*$/.test(written)) continue;
    if (!written.includes('/') && !(/\.[A-Za-z]\w{0,7}$/.test(written) && (line > 0 || /\.[a-z]+$/.test(written))))
      continue;
    const path = insideWorkspace(written.replace(/\.$/, ''), folder);
    if (path === undefined) continue;
    const end = index + whole.length;
    found.push({ path, ...(line > 0 ? { line } : {}), ...(column > 0 ? { column } : {}), start: index, end });
  }
  return found;
}

/** Undefined for what leads out of the workspace. */
function insideWorkspace(written: string, folder: string): string | undefined {
  const whole = written.startsWith('/') ? written : `${folder}/${written}`;
  const parts: string[] = [];
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const [root, ...rest] = parts;
  return `/${root}` === INNER_WORKSPACE && rest.length > 0 ? rest.join('/') : undefined;
}
