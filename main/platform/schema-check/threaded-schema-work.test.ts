import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { ThreadedSchemaWork } from './threaded-schema-work.ts';

const GREEDY = JSON.stringify({ type: 'string', pattern: '^(a+)+$' });
const DEFAULTS = JSON.stringify({
  type: 'object',
  properties: { path: { type: 'string', format: 'workspace-path' }, depth: { type: 'integer', default: 1 } },
  required: ['path'],
});

let work: ThreadedSchemaWork;
beforeEach(() => {
  work = new ThreadedSchemaWork(systemClock);
});
afterEach(() => work[Symbol.asyncDispose]());

it('gives the value with its defaults and its paths, or what is wrong with it', async () => {
  expect(await work.check('p', { paths: 'looked for', schema: DEFAULTS, value: { path: 'a' } })).toEqual({
    ok: true,
    value: { path: 'a', depth: 1 },
    paths: ['a'],
  });
  expect(await work.check('p', { paths: 'looked for', schema: DEFAULTS, value: { depth: 'x' } })).toMatchObject({
    ok: false,
    problems: [{ pointer: '' }, { pointer: '/depth' }],
  });
});

it('a pattern that never comes to an end is ended, other plugins go on meanwhile, and so does its own with the next', async () => {
  const stuck = work
    .check('greedy', { paths: 'looked for', schema: GREEDY, value: `${'a'.repeat(60)}!` })
    .catch((cause: unknown) => cause);
  let answered = 0;
  const others = async (): Promise<void> => {
    for (let round = 0; round < 50; round += 1) {
      await work.check('other', { paths: 'looked for', schema: DEFAULTS, value: { path: 'a' } });
      answered += 1;
    }
  };
  await others();
  expect(answered).toBe(50);
  expect(await stuck).toMatchObject({ code: 'schema_too_costly' });
  expect(await work.check('greedy', { paths: 'looked for', schema: GREEDY, value: 'aaa' })).toMatchObject({ ok: true });
}, 30_000);

it('items that must differ, and memory that runs out, end the thread and nothing else', async () => {
  const schema = JSON.stringify({ type: 'array', uniqueItems: true });
  const value = Array.from({ length: 200_000 }, (_, at) => [at]);
  await expect(work.check('differ', { paths: 'looked for', schema, value })).rejects.toMatchObject({
    code: 'schema_too_costly',
  });
  const wide = JSON.stringify({
    type: 'array',
    items: { type: 'object', default: {}, properties: { a: { default: [] } } },
  });
  const many = Array.from({ length: 3_000_000 }, () => ({}));
  await expect(work.check('wide', { paths: 'looked for', schema: wide, value: many })).rejects.toMatchObject({
    code: 'schema_too_costly',
  });
  expect(await work.check('differ', { paths: 'looked for', schema, value: [1, 2] })).toMatchObject({ ok: true });
}, 60_000);
