import picomatch from 'picomatch/posix.js';
import { RE2JS } from 're2js';
import { type GlobSegment, parseSegment, segmentsMatch } from './segment-glob.ts';

/** A glob that cannot be used; the message names it. */
export class GlobError extends Error {
  override readonly name = 'GlobError';
}

/**
 * Something every matching path has, by which an index finds the glob: a folder it lies in (or is), its last segment, or
 * what follows the last dot of that. `inside` is such a folder where the glob asks for nothing else.
 */
export interface GlobAnchor {
  readonly kind: 'inside' | 'prefix' | 'basename' | 'extension';
  readonly value: string;
}

export interface Glob {
  /** Takes a normalised path. */
  readonly matches: (path: string) => boolean;
  /** A matching path has one of these; undefined when nothing is known about it. */
  readonly anchors: readonly GlobAnchor[] | undefined;
}

/** Characters that mean more than themselves, beyond `*`, `?` and `/`. */
const SPECIAL = /[[\]{}()|\\"^$]/;

/** A list of plain names in braces, such as `{ts,tsx}`; anything richer, ranges included, is left to picomatch. */
const PLAIN_BRACES = /\{((?:(?!\.\.)[^*?[\]{}()|\\"^$/!,])*,(?:(?!\.\.)[^*?[\]{}()|\\"^$/!])*)\}/;

/** `**.ts`: to picomatch the stars reach over folders here, and nowhere else where they are not a whole segment. */
const ANY_DEPTH_ENDING = /^\*\*((?:\.\w+)+)$/;

const MAX_ALTERNATIVES = 64;

/** Picomatch guards `.` and `..`, which a normalised path does not contain; without the guards the pattern is linear. */
const GUARDS: readonly (readonly [guard: string, instead: string])[] = [
  ['(?!(?:^|\\/)\\.{1,2}(?:\\/|$))', ''],
  ['(?!\\.{1,2}(?:\\/|$))', ''],
  ['(?!\\.{0,1}(?:\\/|$))', ''],
  // "Or the end of the path", and then one more character: never.
  ['|$)(?=.)', ')'],
  // Elsewhere a segment follows, and no segment is empty.
  ['(?=.)', ''],
];

function expandBraces(glob: string): string[] | undefined {
  let open = [glob];
  for (;;) {
    const next: string[] = [];
    for (const one of open) {
      const braces = PLAIN_BRACES.exec(one);
      if (braces === null) next.push(one);
      else for (const name of (braces[1] ?? '').split(',')) next.push(one.replace(PLAIN_BRACES, () => name));
    }
    if (next.length === open.length && next.every((one, index) => one === open[index])) break;
    if (next.length > MAX_ALTERNATIVES) return undefined;
    open = next;
  }
  return open.some((one) => SPECIAL.test(one)) ? undefined : open;
}

function anchorOf(segments: readonly GlobSegment[]): GlobAnchor | undefined {
  const folders: string[] = [];
  for (const segment of segments) {
    if (segment.kind !== 'literal') break;
    folders.push(segment.text);
  }
  const isInside = folders.length === segments.length - 1 && segments.at(-1)?.kind === 'globstar';
  if (folders.length > 0) return { kind: isInside ? 'inside' : 'prefix', value: folders.join('/') };
  const last = segments.at(-1);
  if (last?.kind === 'literal') return { kind: 'basename', value: last.text };
  const extension = last?.kind === 'wildcard' ? /\.([^.*?]+)$/.exec(last.text)?.[1] : undefined;
  return extension === undefined ? undefined : { kind: 'extension', value: extension };
}

/** The common shapes without a walk over segments. */
function simpleMatcher(glob: string, segments: readonly GlobSegment[]): Glob['matches'] {
  const [first, second] = segments;
  const literals = segments.filter((segment) => segment.kind === 'literal').length;
  if (literals === segments.length) return (path) => path === glob;
  if (segments.every((segment) => segment.kind === 'globstar')) return () => true;
  if (literals === segments.length - 1 && segments.at(-1)?.kind === 'globstar') {
    const folder = glob.replace(/(?:\/\*\*)+$/, '');
    const inside = `${folder}/`;
    return (path) => path.startsWith(inside) || path === folder;
  }
  if (segments.length === 2 && first?.kind === 'globstar' && second !== undefined && second.kind !== 'globstar') {
    const { text } = second;
    if (second.kind === 'literal') return (path) => path === text || path.endsWith(`/${text}`);
    const ending = text.slice(1);
    if (text.startsWith('*') && !/[*?]/.test(ending)) return (path) => path.endsWith(ending) && path !== '';
  }
  return (path) => path !== '' && segmentsMatch(segments, path);
}

/** `a/**` covers `a` itself, but picomatch wants something below where the segment before ends with a star. */
function parseSegments(glob: string): GlobSegment[] {
  const segments = glob.split('/').map(parseSegment);
  const parsed = segments.filter(
    (segment, index) => segment.kind !== 'globstar' || segments[index - 1]?.kind !== 'globstar',
  );
  const before = parsed.at(-2);
  const needsMore = parsed.at(-1)?.kind === 'globstar' && before?.kind === 'wildcard' && before.text.endsWith('*');
  return needsMore ? [...parsed, { kind: 'wildcard', text: '*' }] : parsed;
}

function compileSimple(glob: string): { matches: Glob['matches']; anchor: GlobAnchor | undefined } {
  const segments = parseSegments(glob);
  return { matches: simpleMatcher(glob, segments), anchor: anchorOf(segments) };
}

/** The folders before the first special character, if any: true for every glob that is not negated or a top-level choice. */
function literalPrefix(glob: string): readonly GlobAnchor[] | undefined {
  if (/[|"\\]/.test(glob)) return undefined;
  const special = glob.search(/[*?[\]{}()!+@^$]/);
  const end = glob.lastIndexOf('/', special);
  return end > 0 ? [{ kind: 'prefix', value: glob.slice(0, end) }] : undefined;
}

function compileWithPicomatch(glob: string): Glob {
  let pattern: RegExp;
  try {
    pattern = picomatch.makeRe(glob, { dot: true, debug: true });
  } catch (cause) {
    throw new GlobError(`Cannot use glob "${glob}": it does not compile`, { cause });
  }
  const source = GUARDS.reduce((text, [guard, instead]) => text.replaceAll(guard, instead), pattern.source);
  try {
    const linear = RE2JS.compile(source, RE2JS.DOTALL);
    return { matches: (path) => path !== '' && linear.matches(path), anchors: literalPrefix(glob) };
  } catch (cause) {
    // What is left has a negative group, `!(…)`, which needs a backtracking engine: only where backtracking stays cheap.
    const repeats = glob.match(/\*+|[+]\(/g)?.length ?? 0;
    const negatives = glob.split('!(').length - 1;
    if (repeats + negatives > 2) {
      throw new GlobError(
        `Cannot use glob "${glob}": a "!(…)" beside so many wildcards cannot be matched in bounded time`,
        { cause },
      );
    }
    return { matches: (path) => path !== '' && pattern.test(path), anchors: literalPrefix(glob) };
  }
}

function compilePattern(glob: string): Glob {
  if (glob === '') throw new GlobError('Cannot use a glob: it is empty');
  if (glob.startsWith('!') && !glob.startsWith('!(')) {
    const inner = compilePattern(glob.slice(1));
    return { matches: (path) => !inner.matches(path), anchors: undefined };
  }
  const alternatives = expandBraces(glob)?.map(compileSimple);
  if (alternatives === undefined) return compileWithPicomatch(glob);
  const [only, ...others] = alternatives;
  const anchors: GlobAnchor[] = [];
  for (const { anchor } of alternatives) if (anchor !== undefined) anchors.push(anchor);
  const matchesAny = (path: string): boolean => alternatives.some((one) => one.matches(path));
  return {
    matches: only !== undefined && others.length === 0 ? only.matches : matchesAny,
    anchors: anchors.length === alternatives.length ? anchors : undefined,
  };
}

/**
 * Compiles a glob with picomatch's meaning (`dot: true`) into a matcher whose time is bounded by the product of the lengths
 * of glob and path: paths come from sandboxes, so no path may make a decision slow.
 * @throws GlobError when it does not compile or could not be matched in bounded time.
 */
export function compileGlob(source: string): Glob {
  const glob = source.normalize('NFC').replace(/^(?:\.\/)+/, '');
  const ending = ANY_DEPTH_ENDING.exec(glob)?.[1];
  if (ending === undefined) return compilePattern(glob);
  const value = ending.slice(ending.lastIndexOf('.') + 1);
  return { matches: (path) => path.endsWith(ending), anchors: [{ kind: 'extension', value }] };
}
