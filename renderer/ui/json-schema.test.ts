import { expect, test } from 'vitest';
import {
  type FormSchema,
  UnparsedJson,
  choicesOf,
  exampleOf,
  fieldKindOf,
  initialValue,
  labelOf,
} from './json-schema.ts';
import { problemsOf } from './schema-validation.ts';

const grep: FormSchema = {
  type: 'object',
  properties: {
    pattern: { type: 'string' },
    paths: { type: 'array', items: { type: 'string' } },
    maxResults: { type: 'integer', minimum: 1, default: 200 },
    caseSensitive: { type: 'boolean' },
    mode: { anyOf: [{ const: 'content' }, { const: 'files' }] },
    limits: { type: 'object', properties: { depth: { type: 'integer', maximum: 9 } } },
    extra: { type: 'object' },
    content: { type: 'string' },
  },
  required: ['pattern', 'caseSensitive'],
};

test('each field is edited by the control that fits its schema', () => {
  const kinds = Object.entries(grep.properties ?? {}).map(([name, schema]) => fieldKindOf(schema, name));
  expect(kinds).toEqual(['text', 'list', 'number', 'boolean', 'choice', 'group', 'json', 'lines']);
});

test('a union of constants is a choice', () => {
  expect(choicesOf({ oneOf: [{ const: 'a' }, { const: 2 }] })).toEqual(['a', 2]);
});

test('a form starts with the defaults and with what is required and has one start', () => {
  expect(initialValue(grep)).toEqual({ maxResults: 200, caseSensitive: false });
});

test('a value that is written as JSON has an example with what it needs', () => {
  const tasks: FormSchema = { type: 'array', items: { ...grep, required: ['pattern', 'paths', 'maxResults', 'mode'] } };
  expect(exampleOf(tasks)).toEqual([{ pattern: '…', paths: ['…'], maxResults: 200, mode: 'content' }]);
  expect([exampleOf({}), exampleOf({ type: 'array' }), exampleOf({ anyOf: [{ type: 'boolean' }] })]).toEqual([
    {},
    [],
    false,
  ]);
});

test('names become labels', () => {
  expect(['maxResults', 'work_tree', 'cwd', 'ttlMs', 'memoryMiB'].map((name) => labelOf(name, {}))).toEqual([
    'Max results',
    'Work tree',
    'Cwd',
    'TTL (ms)',
    'Memory (MiB)',
  ]);
});

test('problems are told at the field they belong to', () => {
  const problems = problemsOf(grep, { maxResults: 0, caseSensitive: true, limits: { depth: 10 } });
  expect(Object.keys(problems).sort()).toEqual(['limits.depth', 'maxResults', 'pattern']);
  expect(problems.pattern).toBe('Required');
});

test('a valid value has no problems', () => {
  expect(problemsOf(grep, { pattern: 'x', caseSensitive: true })).toEqual({});
});

test('text that is not JSON is the first problem', () => {
  const value = { pattern: 'x', caseSensitive: true, extra: new UnparsedJson('{', 'Not JSON') };
  expect(problemsOf(grep, value)).toEqual({ extra: 'Not JSON' });
});
