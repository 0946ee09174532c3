import { expect, it } from 'vitest';
import { AnswersOfTurn } from './answers-of-turn.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('answers of one turn go out together at its end, in their order', async () => {
  const answers = new AnswersOfTurn();
  const sent: string[] = [];
  answers.send(() => sent.push('first'));
  await Promise.resolve();
  answers.send(() => sent.push('second'));
  expect(sent).toEqual([]);
  await nextTurn();
  expect(sent).toEqual(['first', 'second']);
});

it('an answer that comes of another one goes out with the turn after it', async () => {
  const answers = new AnswersOfTurn();
  const sent: string[] = [];
  answers.send(() => {
    sent.push('one');
    answers.send(() => sent.push('other'));
  });
  await nextTurn();
  expect(sent).toEqual(['one']);
  await nextTurn();
  expect(sent).toEqual(['one', 'other']);
});
