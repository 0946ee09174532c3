import { expect, it } from 'vitest';
import { whenThere } from './when-there.ts';

it('a value that is there goes on in this turn, one that is promised when it has come', async () => {
  expect(whenThere(1, (value) => value + 1)).toBe(2);
  expect(await whenThere(Promise.resolve(1), (value) => value + 1)).toBe(2);
  await expect(Promise.resolve(whenThere(Promise.reject(new Error('gone')), () => 1))).rejects.toThrow('gone');
});
