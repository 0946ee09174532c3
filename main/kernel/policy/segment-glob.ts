const STAR = 42;
const QUESTION = 63;
const SLASH = 47;

/** One segment of a glob: `**`, a literal name, or a name with `*` and `?`. */
export type GlobSegment =
  | { readonly kind: 'globstar' }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly text: string };

export function parseSegment(text: string): GlobSegment {
  if (text === '**') return { kind: 'globstar' };
  return { kind: /[*?]/.test(text) ? 'wildcard' : 'literal', text };
}

interface Span {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Greedy with one point of return: the last star. Time is at most the product of the two lengths, whatever the text. */
function wildcardMatches(pattern: string, { path, start, end }: Span): boolean {
  let at = start;
  let next = 0;
  let starNext = -1;
  let starAt = start;
  while (at < end) {
    const code = next < pattern.length ? pattern.charCodeAt(next) : -1;
    if (code === STAR) {
      starNext = ++next;
      starAt = at;
    } else if (code === QUESTION || code === path.charCodeAt(at)) {
      next++;
      at++;
    } else if (starNext >= 0) {
      next = starNext;
      at = ++starAt;
    } else return false;
  }
  while (next < pattern.length && pattern.charCodeAt(next) === STAR) next++;
  return next === pattern.length;
}

function segmentMatches(segment: GlobSegment, span: Span): boolean {
  if (segment.kind === 'globstar') return true;
  if (segment.kind === 'wildcard') return wildcardMatches(segment.text, span);
  return span.end - span.start === segment.text.length && span.path.startsWith(segment.text, span.start);
}

function segmentSpans(path: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (let index = 0; index <= path.length; index++) {
    if (index < path.length && path.charCodeAt(index) !== SLASH) continue;
    spans.push({ path, start, end: index });
    start = index + 1;
  }
  return spans;
}

/** The same greedy walk one level up: segments instead of characters, `**` instead of `*`. */
export function segmentsMatch(glob: readonly GlobSegment[], path: string): boolean {
  const spans = segmentSpans(path);
  let at = 0;
  let next = 0;
  let starNext = -1;
  let starAt = 0;
  for (;;) {
    const span = spans[at];
    if (span === undefined) break;
    const segment = glob[next];
    if (segment?.kind === 'globstar') {
      starNext = ++next;
      starAt = at;
    } else if (segment !== undefined && segmentMatches(segment, span)) {
      next++;
      at++;
    } else if (starNext >= 0) {
      next = starNext;
      at = ++starAt;
    } else return false;
  }
  while (glob[next]?.kind === 'globstar') next++;
  return next === glob.length;
}
