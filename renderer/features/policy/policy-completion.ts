import { type Completion, type CompletionContext, type CompletionResult, snippet } from '@codemirror/autocomplete';
import { type PolicyWords, wordsFor } from './policy-words.ts';
import { choicesOf, schemaAt, type SchemaNode, shapeOf } from './schema-reading.ts';
import { ITEM, type YamlPosition, yamlPositionAt } from './yaml-position.ts';
import { messages } from './messages.ts';

export interface CompletionOptions {
  readonly schema: SchemaNode;
  readonly words: () => PolicyWords;
}

const NEW_RULE = 'name: ${name}\n  match: { syscall: ${syscall} }\n  action: ${require_review}\n  reason: "${reason}"';
const WORD = /[A-Za-z0-9_.*-]*$/;

/** Offers the keys of the schema, the values of its closed lists, and the names that the kernel knows. */
export function completePolicy(options: CompletionOptions): (context: CompletionContext) => CompletionResult | null {
  return ({ state, pos, explicit }) => {
    const position = yamlPositionAt(state.doc.sliceString(0, pos), pos);
    const typed = WORD.exec(position.word)?.[0] ?? '';
    if (typed === '' && !explicit) return null;
    const found = [...keysAt(options.schema, position), ...valuesAt(options, position)];
    return found.length === 0 ? null : { from: pos - typed.length, options: found, validFor: /^[A-Za-z0-9_.*-]*$/ };
  };
}

function keysAt(root: SchemaNode, { path, kind, siblings }: YamlPosition): Completion[] {
  if (kind !== 'key') return [];
  const map = schemaAt(root, path);
  const keys = Object.entries(map?.properties ?? {}).filter(([name]) => !siblings.has(name));
  const completions = keys.map(([name, node], index) => ({
    ...keyCompletion(name, node),
    ...(map?.required?.includes(name) ? { detail: messages.required } : {}),
    // In the schema's order, which is how a rule reads.
    boost: -index,
  }));
  const isNewRule = path.join('.') === `rules.${ITEM}` && siblings.size === 0;
  return isNewRule ? [newRule, ...completions] : completions;
}

const newRule: Completion = {
  label: 'rule',
  detail: messages.wholeRule,
  type: 'text',
  boost: 2,
  apply: (view, completion, from, to) => snippet(NEW_RULE)(view, completion, from, to),
};

function keyCompletion(name: string, node: SchemaNode): Completion {
  return {
    label: name,
    type: 'property',
    apply: shapeOf(node) === 'value' ? `${name}: ` : `${name}:`,
    ...(node.description === undefined ? {} : { info: node.description }),
  };
}

function valuesAt({ schema, words }: CompletionOptions, { path, kind }: YamlPosition): Completion[] {
  const node = schemaAt(schema, path);
  // An item on a line of its own could become a key; it is one only where the schema has a map.
  if (node === undefined || node.properties !== undefined || (kind === 'key' && path.at(-1) !== ITEM)) return [];
  const known = wordsFor(path, words());
  const choices = choicesOf(node).filter((choice) => !known.some(({ label }) => label === choice));
  return [...known, ...choices.map((label) => ({ label }))].map((word) => ({ ...word, type: 'constant' }));
}
