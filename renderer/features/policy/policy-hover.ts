import type { Text } from '@codemirror/state';
import { ACTIONS } from './policy-words.ts';
import { choicesOf, schemaAt, type SchemaNode } from './schema-reading.ts';
import { yamlPositionAt } from './yaml-position.ts';
import { messages } from './messages.ts';

/** What is known about the word under the pointer. */
export interface HoverHelp {
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly text: string;
}

const WORD_CHARACTER = /[A-Za-z0-9_-]/;

/** The schema's description of a key, or what an action means. */
export function helpAt(schema: SchemaNode, doc: Text, offset: number): HoverHelp | undefined {
  const { from, text } = doc.lineAt(offset);
  let start = offset - from;
  let end = start;
  while (start > 0 && WORD_CHARACTER.test(text.charAt(start - 1))) start--;
  while (end < text.length && WORD_CHARACTER.test(text.charAt(end))) end++;
  if (start === end) return undefined;
  const word = text.slice(start, end);
  const { path, kind } = yamlPositionAt(doc.sliceString(0, from + end), from + end);
  const place = { from: from + start, to: from + end };
  if (kind === 'value') {
    const meaning = path.at(-1) === 'action' ? ACTIONS[word] : undefined;
    return meaning === undefined ? undefined : { ...place, title: word, text: meaning };
  }
  const node = schemaAt(schema, [...path, word]);
  return node === undefined || !text.slice(end).trimStart().startsWith(':') ? undefined : describe(word, node, place);
}

function describe(word: string, node: SchemaNode, place: Pick<HoverHelp, 'from' | 'to'>): HoverHelp | undefined {
  const choices = choicesOf(node);
  const about = KEYS[word] ?? node.description ?? node.items?.description;
  const oneOf = choices.length > 1 ? messages.oneOf(choices.join(', ')) : undefined;
  const text = [about, oneOf].filter((part) => part !== undefined).join(' ');
  return text === '' ? undefined : { ...place, title: word, text };
}

/** Keys whose schema says what they hold by its structure alone. */
const KEYS: Readonly<Record<string, string>> = messages.keyMeanings;
