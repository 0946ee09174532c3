import { isDigitCode, isWordCode, wordCanBegin } from './word-boundary.ts';

/**
 * What stands at a place: a secret up to `end`; nothing; or the text ends before that can be known. A run that reaches the
 * end of the text is open: more of it may follow.
 */
export type Sighting = { readonly end: number; readonly isOpen: boolean } | 'more' | undefined;

/** A kind of secret that a fixed text begins. */
export interface SecretKind {
  readonly name: string;
  readonly prefix: string;
  /** Looks behind the prefix, which ends at `from`. */
  readonly sight: (text: string, from: number) => Sighting;
}

type Charset = (code: number) => boolean;

const isUpperOrDigit: Charset = (code) => (code >= 65 && code <= 90) || isDigitCode(code);
const isAlphanumeric: Charset = (code) => isWordCode(code) && code !== 95;
const isAlphanumericOrDash: Charset = (code) => isAlphanumeric(code) || code === 45;
const isWordOrDash: Charset = (code) => isWordCode(code) || code === 45;

function runEnd(text: string, from: number, charset: Charset): number {
  let end = from;
  while (end < text.length && charset(text.charCodeAt(end))) end++;
  return end;
}

/** At least so many characters of a set, and all that follow of it. */
function atLeast(count: number, charset: Charset): SecretKind['sight'] {
  return (text, from) => {
    const end = runEnd(text, from, charset);
    if (end - from >= count) return { end, isOpen: end === text.length };
    return end === text.length ? 'more' : undefined;
  };
}

/** Exactly so many characters of a set, and then no word character. */
function exactly(count: number, charset: Charset): SecretKind['sight'] {
  return (text, from) => {
    const end = from + count;
    const run = runEnd(text.length > end ? text.slice(0, end) : text, from, charset);
    if (run < end) return run === text.length ? 'more' : undefined;
    if (end === text.length) return { end, isOpen: true };
    return isWordCode(text.charCodeAt(end)) ? undefined : { end, isOpen: false };
  };
}

/** `cav_`, the 8 characters that name the key, `_`, the secret. The name alone is no secret (spec: gateway.md, Keys). */
function cavernToken(text: string, from: number): Sighting {
  const id = runEnd(text, from, isAlphanumeric);
  if (id === text.length) return id - from <= 8 ? 'more' : undefined;
  if (id - from !== 8 || text[id] !== '_') return undefined;
  return atLeast(20, isWordOrDash)(text, id + 1);
}

const githubPrefixes = ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'];
const slackPrefixes = ['xoxa-', 'xoxb-', 'xoxp-', 'xoxr-', 'xoxs-'];

/**
 * The kinds that the specification names (policy.md, Redaction), by the character that ends their prefix. Where it gives a
 * length that issuers may raise, longer ones count too: what is known to begin a secret is not let through for being long.
 */
export const SECRETS_BY_DASH: readonly SecretKind[] = [
  { name: 'sk', prefix: 'sk-', sight: atLeast(20, isWordOrDash) },
  { name: 'gitlab', prefix: 'glpat-', sight: atLeast(20, isWordOrDash) },
  ...slackPrefixes.map((prefix) => ({ name: 'slack', prefix, sight: atLeast(10, isAlphanumericOrDash) })),
];

export const SECRETS_BY_UNDERSCORE: readonly SecretKind[] = [
  ...githubPrefixes.map((prefix) => ({ name: 'github', prefix, sight: atLeast(36, isAlphanumeric) })),
  { name: 'github', prefix: 'github_pat_', sight: atLeast(22, isWordCode) },
  { name: 'npm', prefix: 'npm_', sight: atLeast(36, isAlphanumeric) },
  { name: 'cavern', prefix: 'cav_', sight: cavernToken },
];

export const AWS_KEY: SecretKind = { name: 'aws', prefix: 'AKIA', sight: exactly(16, isUpperOrDigit) };

function digitsAt(text: string, from: number, count: number): boolean {
  for (let index = from; index < from + count; index++) if (!isDigitCode(text.charCodeAt(index))) return false;
  return true;
}

/** A social security number, `ddd-dd-dddd`, seen from its first dash. */
export function sightSsn(text: string, dash: number): Sighting {
  const start = dash - 3;
  // The second dash first: it is what dates and versions lack.
  if (start < 0 || (dash + 3 < text.length && text[dash + 3] !== '-')) return undefined;
  if (!digitsAt(text, start, 3) || !wordCanBegin(text, start)) return undefined;
  const rest = text.slice(dash + 1, dash + 8);
  const template = '00-0000';
  for (let index = 0; index < rest.length; index++) {
    const fits = template[index] === '0' ? isDigitCode(rest.charCodeAt(index)) : rest[index] === '-';
    if (!fits) return undefined;
  }
  if (rest.length < template.length) return 'more';
  const end = dash + 8;
  if (end === text.length) return { end, isOpen: true };
  return isWordCode(text.charCodeAt(end)) ? undefined : { end, isOpen: false };
}
