import type { Terminal } from '@xterm/xterm';

/** What fonts for programming draw as one sign; the longest first, so that `===` is not taken for `==`. */
// biome-ignore format: a list
const SIGNS = ['<!--', '<==>', '<-->', '===', '!==', '<=>', '<->', '-->', '<--', '==>', '<==', '>>=', '<<=', '|>', '<|', '=>', '->', '<-', '==', '!=', '>=', '<=', '::', '&&', '||', '++', '--', '//', '/*', '*/', '..', '?.', '??', ':=', '+=', '-=', '*=', '/='];
const SIGN = new RegExp(SIGNS.map((sign) => sign.replace(/[^\w]/g, '\\$&')).join('|'), 'g');

/** Has such signs drawn as a whole, so that a font that has a form for them can show it. Gives what ends it. */
export function drawLigatures(terminal: Terminal): () => void {
  const joiner = terminal.registerCharacterJoiner((text) =>
    [...text.matchAll(SIGN)].map(({ index, 0: sign }): [number, number] => [index, index + sign.length]),
  );
  terminal.element?.classList.add('has-ligatures');
  return () => {
    terminal.element?.classList.remove('has-ligatures');
    terminal.deregisterCharacterJoiner(joiner);
  };
}
