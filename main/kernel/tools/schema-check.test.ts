import { describe, expect, it } from 'vitest';
import { SchemaCheck, type SchemaQuestion } from './schema-check.ts';
import { countedValues, schemaCost } from './schema-cost.ts';
import { toolSchemaCompiler } from './tool-schema.ts';

/** Where a value is looked at that is held against a schema: here, or in a thread that can be ended. */
async function placeOf(
  schema: Record<string, unknown>,
  value: unknown,
  { author = 'foreign', tell = 'first' }: { author?: 'trusted' | 'foreign'; tell?: 'all' | 'first' } = {},
): Promise<'near' | 'far'> {
  const asked: SchemaQuestion[] = [];
  const work = {
    async check(_plugin: string, question: SchemaQuestion) {
      asked.push(question);
      return { ok: true, value: question.value, paths: [] } as const;
    },
  };
  await new SchemaCheck(schema, {
    author,
    plugin: 'p',
    tell,
    paths: 'left',
    compile: toolSchemaCompiler(tell),
    work,
  }).check(value);
  return asked.length === 0 ? 'near' : 'far';
}

const text = { type: 'string' };
const list = { type: 'array', items: text };

describe('what a plugin’s author wrote', () => {
  it('is held against its schema here while that cannot take long', async () => {
    expect(await placeOf({ type: 'object', properties: { pattern: text, words: list } }, { words: ['a'] })).toBe(
      'near',
    );
    expect(
      await placeOf(
        list,
        Array.from({ length: 10_000 }, () => 'a'),
      ),
    ).toBe('near');
    expect(
      await placeOf(
        list,
        Array.from({ length: 1_000_000 }, () => 'a'),
      ),
    ).toBe('far');
    const choices = { type: 'array', items: { anyOf: Array.from({ length: 1000 }, (_, at) => ({ const: at })) } };
    expect(await placeOf(choices, [1, 2])).toBe('near');
    expect(
      await placeOf(
        choices,
        Array.from({ length: 1000 }, () => 1),
      ),
    ).toBe('far');
  });

  it.each([
    ['a pattern', { type: 'string', pattern: '^(a+)+$' }],
    ['a pattern of names', { type: 'object', patternProperties: { '^(a+)+$': text } }],
    ['items that must differ', { type: 'array', uniqueItems: true }],
    ['a pattern behind a reference', { $defs: { a: { type: 'string', pattern: 'a' } }, $ref: '#/$defs/a' }],
  ])('is held elsewhere where its schema has %s, however short it is', async (_, schema) => {
    expect(await placeOf(schema, 'a')).toBe('far');
    expect(await placeOf(schema, 'a', { author: 'trusted' })).toBe('near');
  });

  it('of what came with the program, only a long input is looked at elsewhere: every problem of it would be told', async () => {
    const many = Array.from({ length: 1_000_000 }, () => 1);
    expect(await placeOf(list, many, { author: 'trusted', tell: 'first' })).toBe('near');
    expect(await placeOf(list, many, { author: 'trusted', tell: 'all' })).toBe('far');
    expect(await placeOf(list, ['a'], { author: 'trusted', tell: 'all' })).toBe('near');
  });
});

describe('the cost of a schema', () => {
  it('counts what is referred to as often as it is, and takes no longer for that', () => {
    const $defs: Record<string, unknown> = { d60: text };
    for (let at = 0; at < 60; at += 1) {
      $defs[`d${at}`] = { allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] };
    }
    expect(schemaCost({ $defs, $ref: '#/$defs/d0' }).parts).toBeGreaterThan(2 ** 60);
    expect(schemaCost({ $ref: '#' }).parts).toBe(Number.POSITIVE_INFINITY);
    expect(schemaCost({ type: 'object', properties: { a: text } })).toEqual({ parts: 5, isSlow: false });
  });

  it('of a value is counted no further than to its limit', () => {
    expect(countedValues({ a: [1, 2, { b: null }] }, 100)).toBe(6);
    expect(
      countedValues(
        Array.from({ length: 1_000_000 }, () => 0),
        50,
      ),
    ).toBe(50);
  });
});
