import { expect, it } from 'vitest';
import { RequestsOfTurn } from './requests-of-turn.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('requests go on at once, and in order over several turns where more have come than one may take', async () => {
  const requests = new RequestsOfTurn(3);
  const went: number[] = [];
  const come = (...numbers: number[]): void => {
    for (const number of numbers) requests.take(() => went.push(number));
  };
  come(1, 2, 3, 4, 5, 6, 7, 8);
  expect(went).toEqual([1, 2, 3]);
  await nextTurn();
  expect(went).toEqual([1, 2, 3, 4, 5, 6]);
  come(9);
  expect(went).toHaveLength(6);
  await nextTurn();
  expect(went).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await nextTurn();
  come(10, 11, 12, 13);
  expect(went.slice(9)).toEqual([10, 11, 12]);
});

it('a request that comes of another one is one of the turn as well', async () => {
  const requests = new RequestsOfTurn(2);
  const went: string[] = [];
  requests.take(() => {
    went.push('one');
    requests.take(() => went.push('of it'));
    requests.take(() => went.push('late'));
  });
  expect(went).toEqual(['one', 'of it']);
  await nextTurn();
  expect(went).toEqual(['one', 'of it', 'late']);
});
