import type { BytePath } from '../files/byte-path.ts';
import { ancestorsOf, nameOf, parentOf } from '../files/byte-path.ts';

/** One pattern of a `.gitignore`, as gitignore(5) describes it. */
interface IgnoreRule {
  readonly expression: RegExp;
  readonly keeps: boolean;
  readonly foldersOnly: boolean;
  /** Without a slash in its middle a pattern is compared with the last segment alone. */
  readonly nameOnly: boolean;
}

const CLASSES: Record<string, string> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: ' \\t\\n\\v\\f\\r',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
}

/** A bracket expression from `[` on: its source and where it ends; undefined when it does not. */
function bracket(pattern: string, start: number): { source: string; end: number } | undefined {
  let index = start + 1;
  const negated = pattern[index] === '!' || pattern[index] === '^';
  if (negated) index++;
  let body = '';
  for (let first = true; index < pattern.length; first = false) {
    const character = pattern.charAt(index);
    if (character === ']' && !first) {
      // A slash is never matched by a bracket expression.
      return { source: negated ? `[^/${body}]` : `(?!/)[${body}]`, end: index + 1 };
    }
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(index));
    if (named) {
      const members = CLASSES[named[1] ?? ''];
      if (members === undefined) return undefined;
      body += members;
      index += named[0].length;
      continue;
    }
    if (character === '-' && !first && pattern[index + 1] !== ']' && !body.endsWith('-')) {
      body += '-';
      index++;
      continue;
    }
    if (character === '\\') index++;
    body += escaped(pattern.charAt(index));
    index++;
  }
  return undefined;
}

/** The regular expression of a pattern without its `!`, leading and trailing slash; undefined for one that matches nothing. */
function toExpression(pattern: string): RegExp | undefined {
  let source = '';
  for (let index = 0; index < pattern.length; ) {
    const character = pattern.charAt(index);
    const stars = /^\*+/.exec(pattern.slice(index))?.[0].length ?? 0;
    if (stars > 0) {
      const segmentStart = index === 0 || pattern[index - 1] === '/';
      const after = pattern[index + stars];
      if (stars >= 2 && segmentStart && after === '/') {
        source += '(?:[^]*/)?';
        index += stars + 1;
      } else if (stars >= 2 && segmentStart && (after === undefined || pattern.startsWith('\\/', index + stars))) {
        source += '[^]*';
        index += stars;
      } else {
        source += '[^/]*';
        index += stars;
      }
    } else if (character === '?') {
      source += '[^/]';
      index++;
    } else if (character === '[') {
      const found = bracket(pattern, index);
      if (found === undefined) return undefined;
      source += found.source;
      index = found.end;
    } else {
      if (character === '\\') index++;
      if (index >= pattern.length) return undefined;
      source += escaped(pattern.charAt(index));
      index++;
    }
  }
  try {
    return new RegExp(`^${source}$`);
  } catch {
    // A range that runs backwards matches nothing.
    return undefined;
  }
}

function parseRule(line: string): IgnoreRule | undefined {
  let pattern = line.replace(/\r$/, '');
  if (pattern.startsWith('#')) return undefined;
  while (/(?:^|[^\\])(?:\\\\)* $/.test(pattern)) pattern = pattern.slice(0, -1);
  const keeps = pattern.startsWith('!');
  if (keeps) pattern = pattern.slice(1);
  const foldersOnly = pattern.endsWith('/');
  if (foldersOnly) pattern = pattern.slice(0, -1);
  if (pattern === '') return undefined;
  const nameOnly = !pattern.includes('/');
  const expression = toExpression(pattern.startsWith('/') ? pattern.slice(1) : pattern);
  return expression && { expression, keeps, foldersOnly, nameOnly };
}

/** The rules of one file, in its order. The text is a byte string, as paths are. */
export function parseIgnoreFile(text: string): readonly IgnoreRule[] {
  return text.split('\n').flatMap((line) => parseRule(line) ?? []);
}

/**
 * Which paths the workspace's `.gitignore` files leave out, as git decides: the last rule of the deepest file wins, and
 * nothing below an ignored folder is taken back. No program is run for it, and what a session wrote has no say.
 */
export class IgnoreRules {
  readonly #load: (folder: BytePath) => Promise<string | undefined>;
  readonly #rules = new Map<BytePath, readonly IgnoreRule[]>();
  readonly #folders = new Map<BytePath, boolean>();
  readonly #any = new Map<BytePath, boolean>();
  readonly #exclude: readonly IgnoreRule[];

  /**
   * @param load the text of a folder's `.gitignore`, undefined when it has none
   * @param exclude the text of `.git/info/exclude`
   */
  constructor(load: (folder: BytePath) => Promise<string | undefined>, exclude = '') {
    this.#load = load;
    this.#exclude = parseIgnoreFile(exclude);
  }

  /** True where it is known already that no rule tells of anything in the path's folder; it saves asking. */
  tellsNothingOf(path: BytePath): boolean {
    return this.#any.get(parentOf(path)) === false;
  }

  /** `type`: what is at the path; rules that end in a slash are for folders. */
  async ignores(path: BytePath, type: 'folder' | 'other'): Promise<boolean> {
    for (const folder of ancestorsOf(path)) {
      let ignored = this.#folders.get(folder);
      if (ignored === undefined) {
        ignored = await this.#matches(folder, 'folder');
        this.#folders.set(folder, ignored);
      }
      if (ignored) return true;
    }
    return this.#matches(path, type);
  }

  async #matches(path: BytePath, type: 'folder' | 'other'): Promise<boolean> {
    if (!(await this.#anyAt(parentOf(path)))) return false;
    const name = nameOf(path);
    const above = ['' as BytePath, ...ancestorsOf(path)]; // the workspace is the empty path
    for (const folder of above.reverse()) {
      const below = folder === '' ? path : path.slice(folder.length + 1);
      const rule = (await this.#of(folder)).findLast((each) => matches(each, { below, name, type }));
      if (rule) return !rule.keeps;
    }
    const rule = this.#exclude.findLast((each) => matches(each, { below: path, name, type }));
    return rule !== undefined && !rule.keeps;
  }

  /** True when any file has a rule that may tell of what is in the folder. */
  async #anyAt(folder: BytePath): Promise<boolean> {
    let any = this.#any.get(folder);
    if (any === undefined) {
      const above = folder === '' ? this.#exclude.length > 0 : await this.#anyAt(parentOf(folder));
      any = (await this.#of(folder)).length > 0 || above;
      this.#any.set(folder, any);
    }
    return any;
  }

  async #of(folder: BytePath): Promise<readonly IgnoreRule[]> {
    let rules = this.#rules.get(folder);
    if (rules === undefined) {
      const text = await this.#load(folder);
      rules = text === undefined ? [] : parseIgnoreFile(text);
      this.#rules.set(folder, rules);
    }
    return rules;
  }
}

interface Candidate {
  readonly below: string;
  readonly name: string;
  readonly type: 'folder' | 'other';
}

function matches(rule: IgnoreRule, candidate: Candidate): boolean {
  if (rule.foldersOnly && candidate.type !== 'folder') return false;
  return rule.expression.test(rule.nameOnly ? candidate.name : candidate.below);
}
