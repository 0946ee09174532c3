import { Fault } from '../../../schema/fault.ts';

interface Split {
  readonly words: string[];
  /** The line ends inside of a word, not after one. */
  readonly isOpen: boolean;
  /** The quote that was not closed. */
  readonly quote: string;
}

function split(line: string): Split {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    const next = line.charAt(index + 1);
    if (character === '\\' && next !== '' && (quote === '' || (quote === '"' && /["\\]/.test(next)))) {
      word = (word ?? '') + next;
      index += 1;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return { words, isOpen: word !== undefined, quote };
}

/** The words of a line, with quotes and backslashes as a shell has them. Nothing is expanded. */
export function splitLine(line: string): string[] {
  const { words, quote } = split(line);
  if (quote === '') return words;
  throw new Fault('usage', `Cannot read the line: a quote ${quote} is not closed`, { fix: `Close it with ${quote}.` });
}

/** The words before the cursor, and what is written of the one it is in. */
export function splitAtCursor(line: string): { before: string[]; current: string } {
  const { words, isOpen } = split(line);
  return isOpen ? { before: words.slice(0, -1), current: words.at(-1) ?? '' } : { before: words, current: '' };
}
