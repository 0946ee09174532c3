import type { Text } from '@codemirror/state';
import { ACTIONS } from './policy-words.ts';
import { choicesOf, schemaAt, type SchemaNode } from './schema-reading.ts';
import { yamlPositionAt } from './yaml-position.ts';

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
  const oneOf = choices.length > 1 ? `One of ${choices.join(', ')}.` : undefined;
  const text = [about, oneOf].filter((part) => part !== undefined).join(' ');
  return text === '' ? undefined : { ...place, title: word, text };
}

/** Keys whose schema says what they hold by its structure alone. */
const KEYS: Readonly<Record<string, string>> = {
  version: 'The format of this document: 1',
  combining: 'How the verdicts of several rules become one decision. deny-overrides unless given.',
  rules: 'Each says what it is about (match) and what is done about it (action). What no rule allows is denied.',
  match: 'What the rule is about: every field has to match; of a list, one value is enough.',
  except: 'When any one of these matches, the rule has no opinion.',
  action: 'What the rule does about a call that matches.',
  constraints: 'Conditions on an allow: one that fails, or whose value the call does not carry, makes it a denial.',
  redact: 'Further secrets that are replaced by [redacted:<name>] in the audit log, in logs and for agents.',
  network: 'Names for groups of hosts.',
  groups: 'Host names by group name; *.name stands for every name below it.',
  pattern: 'A regular expression in RE2 syntax; matched within one line, at word boundaries.',
};
