import fc from 'fast-check';
import picomatch from 'picomatch/posix.js';
import { describe, expect, test } from 'vitest';
import { compileGlob, GlobError } from './glob.ts';
import { propertyRuns } from './property-runs.ts';

// Without a dot at the end: picomatch's guards against `.` and `..` reach such names too, and only in some spellings of a glob.
const name = fc.stringMatching(/^[ab.-]{0,3}[ab-]$/);
const paths = fc.array(name, { minLength: 1, maxLength: 5 }).map((segments) => segments.join('/'));

// Without `***`, which picomatch reads in several ways.
const pattern = fc.stringMatching(/^[ab.*?-]{1,5}$/).filter((text) => !text.includes('***'));
const plainSegment = fc.oneof(name, pattern, fc.constantFrom('**', '**.a', '**.a.b'));
const plainGlobs = fc
  .array(plainSegment, { minLength: 1, maxLength: 5 })
  .filter((segments) => !segments.includes('.') && !segments.includes('..'))
  .map((segments) => segments.join('/'));
const richSegment = fc.oneof(
  plainSegment,
  fc.constantFrom(
    '{a,b}',
    '*.{a,b}',
    '{a,bb}-*',
    'a{,.b}',
    '{.a,b.a,}b',
    '[ab]',
    'a[!b]',
    '+(a|b)',
    '@(a|b)*',
    '?(a)b',
    '{a..c}',
    '{a}',
    '!(a)',
    'a\\*',
  ),
);
const richGlobs = fc.tuple(fc.constantFrom('', '', '', '!'), fc.array(richSegment, { minLength: 1, maxLength: 4 }));

describe('a glob', () => {
  test('of literals, *, ? and ** means what it means to picomatch', () => {
    fc.assert(
      fc.property(plainGlobs, paths, (glob, path) => {
        expect([glob, path, compileGlob(glob).matches(path)]).toEqual([
          glob,
          path,
          picomatch(glob, { dot: true })(path),
        ]);
      }),
      propertyRuns(2000),
    );
  });

  test('with braces, classes and groups means what it means to picomatch', () => {
    fc.assert(
      fc.property(richGlobs, paths, ([negation, segments], path) => {
        const glob = `${negation}${segments.filter((segment) => segment !== '.' && segment !== '..').join('/') || 'a'}`;
        const expected = picomatch(glob, { dot: true })(path);
        try {
          expect([glob, path, compileGlob(glob).matches(path)]).toEqual([glob, path, expected]);
        } catch (error) {
          if (!(error instanceof GlobError)) throw error;
        }
      }),
      propertyRuns(2000),
    );
  });

  test('is found by its anchors wherever it matches', () => {
    const has = (path: string, { kind, value }: { kind: string; value: string }): boolean => {
      if (kind === 'prefix' || kind === 'inside') return path === value || path.startsWith(`${value}/`);
      const basename = path.slice(path.lastIndexOf('/') + 1);
      return kind === 'basename' ? basename === value : basename.slice(basename.lastIndexOf('.') + 1) === value;
    };
    fc.assert(
      fc.property(
        fc.oneof(
          plainGlobs,
          richGlobs.map(([, segments]) => segments.join('/')),
        ),
        paths,
        (glob, path) => {
          fc.pre(!glob.includes('!('));
          const { matches, anchors } = compileGlob(glob);
          if (matches(path) && anchors !== undefined) expect(anchors.some((anchor) => has(path, anchor))).toBe(true);
          if (anchors?.some((anchor) => anchor.kind === 'inside' && has(path, anchor)))
            expect(matches(path)).toBe(true);
        },
      ),
      propertyRuns(2000),
    );
  });

  test('matches names with line ends, so that no rule is dodged by one', () => {
    expect(compileGlob('secrets/**').matches('secrets/a\nb')).toBe(true);
    expect(compileGlob('secrets/{a..c}*').matches('secrets/a\nb')).toBe(true);
  });

  test('of ** covers the workspace itself, of * does not', () => {
    expect(compileGlob('**').matches('')).toBe(true);
    expect(compileGlob('*').matches('')).toBe(false);
    expect(compileGlob('**/*').matches('')).toBe(false);
  });

  test('takes no long time on a hostile path', () => {
    const path = `${'a'.repeat(2000)}/${'a'.repeat(2000)}`;
    const started = performance.now();
    for (const glob of ['*a*a*a*a*a*a*b/*a*a*a*b', '**/*a*/**/*a*/**/b', '+(a|aa)*{a..c}/*c', '@(a*|*a)*b/*a*a*b']) {
      expect(compileGlob(glob).matches(path)).toBe(false);
    }
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(() => compileGlob('!(a*)*!(b*)*')).toThrow(GlobError);
  });
});
