import { expect, it } from 'vitest';
import { plainNames } from './plugin-tools.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));

it('calls a tool by a plain name, and never two by the same', () => {
  const long = `acme.${'very-'.repeat(20)}long`;
  const names = plainNames(named('fs.read', 'a.b_c', 'a_b.c', 'sandbox.start', long), ['sandbox_start']);
  const given = [...names.values()];
  expect(names.get('fs.read')).toBe('fs_read');
  expect(new Set(given).size).toBe(given.length);
  expect(given).not.toContain('sandbox_start');
  expect(given.filter((name) => !/^[a-z0-9_-]{1,64}$/.test(name))).toEqual([]);
});

it('keeps the name of a tool while others come and go', () => {
  const before = plainNames(named('a.b_c', 'a_b.c'), []);
  const after = plainNames(named('x.y', 'a_b.c', 'a.b_c'), []);
  expect(after.get('a.b_c')).toBe(before.get('a.b_c'));
});
