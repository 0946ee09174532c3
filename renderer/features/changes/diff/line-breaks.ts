import { EditorState, type Extension } from '@codemirror/state';

export type LineBreak = '\n' | '\r\n';

/**
 * The break that lines end with on both sides. Where the sides differ, or one mixes breaks, a carriage return is a
 * character like any other, so that it is seen and kept: nothing of a file is lost on its way through the editor.
 */
export function lineBreakOf(before: string, after: string): LineBreak {
  const breaks = [before, after].map(breakOf).filter((each) => each !== 'none');
  return breaks.length > 0 && breaks.every((each) => each === '\r\n') ? '\r\n' : '\n';
}

function breakOf(text: string): LineBreak | 'mixed' | 'none' {
  const first = text.indexOf('\n');
  if (first === -1) return text.includes('\r') ? 'mixed' : 'none';
  if (text[first - 1] !== '\r') return text.includes('\r') ? 'mixed' : '\n';
  return /(^|[^\r])\n|\r(?!\n)/.test(text) ? 'mixed' : '\r\n';
}

export function splitAt(lineBreak: LineBreak): Extension {
  return EditorState.lineSeparator.of(lineBreak);
}
