import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState, Text } from '@codemirror/state';
import { expect, test } from 'vitest';
import { PolicyDocument } from '../../../schema/policy.ts';
import { completePolicy } from './policy-completion.ts';
import { helpAt } from './policy-hover.ts';
import type { SchemaNode } from './schema-reading.ts';

// TypeBox schemas are JSON Schemas; the reader takes the keywords it knows.
const schema = PolicyDocument as unknown as SchemaNode;
const complete = completePolicy({ schema, words: () => ({ tools: ['fs.write'], calls: ['merge.apply'] }) });

/** What is offered at the end of a text, asked for with the keys. */
function offeredAt(doc: string): string[] {
  const result = complete(new CompletionContext(EditorState.create({ doc }), doc.length, true));
  return result?.options.map((option) => option.label) ?? [];
}

test('the keys that are not there yet are offered', () => {
  expect(offeredAt('version: 1\n')).toEqual(['combining', 'tool_allowlist', 'rules', 'redact', 'plugins', 'network']);
  expect(offeredAt('rules:\n  - name: a\n    match: { syscall: a }\n    ')).toEqual([
    'except',
    'action',
    'priority',
    'reason',
    'constraints',
  ]);
});

test('a new rule can be had whole', () => {
  expect(offeredAt('rules:\n  - ')[0]).toBe('rule');
});

test('values come from the schema and from what the kernel knows', () => {
  expect(offeredAt('rules:\n  - action: ')).toEqual(['allow', 'deny', 'require_review', 'pass', 'flag']);
  expect(offeredAt('rules:\n  - match: { syscall: ')).toEqual(['fs.write', 'merge.apply']);
  expect(offeredAt('rules:\n  - match:\n      syscall:\n        - f')).toEqual(['fs.write', 'merge.apply']);
  expect(offeredAt('combining: ')).toEqual(['deny-overrides', 'priority']);
});

test('where anything may stand nothing is offered', () => {
  expect(offeredAt('rules:\n  - reason: ')).toEqual([]);
  expect(offeredAt('nothing: { ')).toEqual([]);
});

test('keys and actions are explained', () => {
  const text = 'rules:\n  - name: a\n    action: flag\n    match: { syscall: a, path_glob: [b] }\n';
  const helpOf = (word: string) => helpAt(schema, Text.of(text.split('\n')), text.indexOf(word) + 1);
  expect(helpOf('flag')).toMatchObject({ title: 'flag', text: expect.stringContaining('audit log') });
  expect(helpOf('path_glob')).toMatchObject({ title: 'path_glob', text: expect.stringContaining('picomatch') });
  expect(helpOf('name')).toMatchObject({ title: 'name', text: expect.stringContaining('Unique') });
  expect(helpOf('[b]')).toBeUndefined();
});
