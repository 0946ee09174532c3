import { RE2JS } from 're2js';
import type { RedactionPattern } from '../../../schema/policy.ts';

/** A redaction pattern that cannot be used; the message names it. */
export class RedactionPatternError extends Error {
  override readonly name = 'RedactionPatternError';
}

/** A pattern of the document, ready to be applied. */
export interface OwnPattern {
  readonly name: string;
  /** What every match begins with; empty where that is not known. */
  readonly prefix: string;
  readonly expression: RE2JS;
}

/** Beyond this a program of the pattern is no longer small: each step of it is taken for each character. */
const MAX_PROGRAM_SIZE = 10_000;

/** Holds wherever a word does not go on: at a boundary, or behind a character that belongs to no word. */
const BOUNDARY = '(?:\\b|(?<!\\w))';

/** As for the named kinds: an escape of JSON or of a URL is no part of the word behind it. */
const BEGINNING =
  '(?:\\b|(?<!\\w)|(?<=\\\\[bfnrtv])|(?<=\\\\x[0-9A-Fa-f]{2})|(?<=\\\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))';

function literalPrefix(pattern: string): string {
  if (/[|]|\(\?/.test(pattern)) return '';
  const literal = /^[A-Za-z0-9_ :/=@#-]*/.exec(pattern)?.[0] ?? '';
  const next = pattern[literal.length];
  // The last character may be optional.
  return next === '?' || next === '*' || next === '{' ? literal.slice(0, -1) : literal;
}

function compile(name: string, expression: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(expression, flags);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RedactionPatternError(`Cannot use pattern "${name}": ${why}`, { cause });
  }
}

/**
 * Compiles a pattern of the document; it matches within one line, at word boundaries, in linear time.
 * @throws RedactionPatternError when it does not compile, is too large, or would match nothing at all everywhere.
 */
export function compileOwnPattern({ name, pattern }: RedactionPattern): OwnPattern {
  // By itself first: a parenthesis that closes ours must not make it valid.
  const alone = compile(name, pattern, 0);
  if (alone.matches('')) throw new RedactionPatternError(`Cannot use pattern "${name}": it matches the empty text`);
  const expression = compile(name, `${BEGINNING}(?:${pattern})${BOUNDARY}`, RE2JS.LOOKBEHINDS);
  if (expression.programSize() > MAX_PROGRAM_SIZE)
    throw new RedactionPatternError(`Cannot use pattern "${name}": it is too large`);
  return { name, prefix: literalPrefix(pattern), expression };
}

/** Applies one pattern to text, line by line. */
function applyPattern({ name, prefix, expression }: OwnPattern, text: string): string {
  if (prefix !== '' && !text.includes(prefix)) return text;
  const mark = `[redacted:${name}]`;
  return text
    .split(/(?<=[\r\n])/)
    .map((line) => (line.includes(prefix) ? expression.matcher(line).replaceAll(() => mark) : line))
    .join('');
}

export function applyOwnPatterns(patterns: readonly OwnPattern[], text: string): string {
  return patterns.reduce((redacted, pattern) => applyPattern(pattern, redacted), text);
}

/** The last place up to `limit` where text can be cut without cutting a match in two. */
export function cutOutsideMatches(patterns: readonly OwnPattern[], text: string, limit: number): number {
  let cut = limit;
  for (const { expression } of patterns) {
    const matcher = expression.matcher(text);
    while (matcher.find() && matcher.start() < cut) if (matcher.end() > cut) cut = matcher.start();
  }
  return cut;
}
