import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newToken, readToken } from './key-token.ts';

test('a token is cav_, 8 characters that name it, and 48 that are kept only as their SHA-256', () => {
  const { id, token, digest } = newToken(() => false);
  const text = token.reveal();
  expect(text).toMatch(/^cav_[a-z0-9]{8}_[A-Za-z0-9]{48}$/);
  expect(text.slice(4, 12)).toBe(id);
  expect(digest).toEqual(createHash('sha256').update(text.slice(13)).digest());
  expect(readToken(text)).toEqual({ id, digest });
  expect(`${String(token)} ${JSON.stringify({ token })} ${inspect(token)}`).not.toContain(text.slice(13, 30));
});

test('an id that is taken is not given again', () => {
  const asked: string[] = [];
  const { id } = newToken((candidate) => asked.push(candidate) < 3);
  expect([asked.length, asked[2]]).toEqual([3, id]);
});

test('no two tokens are the same', () => {
  const tokens = Array.from({ length: 1000 }, () => newToken(() => false).token.reveal());
  expect(new Set(tokens).size).toBe(1000);
});

test('what is not of the form is no token, whatever is put around one', () => {
  const good = newToken(() => false).token.reveal();
  const bad = [` ${good}`, `${good} `, `${good}\n`, `${good}x`, good.slice(0, -1), good.toUpperCase(), `${good}\0`, ''];
  expect(bad.map(readToken)).toEqual(bad.map(() => undefined));
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^cav_[a-z0-9]{8}_[A-Za-z0-9]{48}$/.test(text));
      expect(readToken(text)).toBeUndefined();
    }),
  );
});
