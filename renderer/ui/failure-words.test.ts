import { describe, expect, it } from 'vitest';
import { inWords } from './failure-words.ts';

const SENTENCES = {
  sandbox_failed: {
    'Sandbox "{0}" ended: {1}': 'Aus mit „{0}“: {1}',
    'out of memory': 'kein Speicher',
    'ended with code {0}': 'Code {0}',
    'Cannot move "{0}" to "{1}"': 'Nach „{1}“ kommt „{0}“ nicht',
    'Resume it (now).': 'Fortsetzen.',
  },
};
const failure = (message: string, rest = {}) => ({ code: 'sandbox_failed', message, ...rest });
const said = (message: string): string => inWords(failure(message), SENTENCES).message;

describe('a failure in words', () => {
  it('has every line that the language has words for, and keeps the others', () => {
    const given = failure('Sandbox "web" ended: out of memory', {
      why: 'the engine’s own words',
      fix: 'Resume it (now).',
    });
    expect(inWords(given, SENTENCES)).toEqual({
      code: 'sandbox_failed',
      message: 'Aus mit „web“: kein Speicher',
      why: 'the engine’s own words',
      fix: 'Fortsetzen.',
    });
  });

  it('puts each thing in its place, whatever it holds', () => {
    expect(said('Cannot move "a {1} $& b" to "c\nd"')).toBe('Nach „c\nd“ kommt „a {1} $& b“ nicht');
    expect(said('Sandbox "web" ended: ended with code 3')).toBe('Aus mit „web“: Code 3');
  });

  it('is as it was said where the sentence, the code or the language is another', () => {
    expect(said('Sandbox "web" has ended: out of memory')).toBe('Sandbox "web" has ended: out of memory');
    const other = { code: 'other', message: 'out of memory' };
    expect(inWords(other, SENTENCES)).toBe(other);
    expect(inWords(failure('out of memory'))).toEqual(failure('out of memory'));
  });
});
