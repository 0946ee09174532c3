import { expect, test } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import { Idempotency, type KeptAnswer } from './idempotency.ts';

const of = (key: string) => ({ owner: 'key-1', key, request: 'tool.call {}' });
const answer = (body: string): KeptAnswer => ({ status: 200, body });

/** Work that takes until its `end` is called. */
function unanswered() {
  let resolved: ((answer: KeptAnswer) => void) | undefined;
  const promise = new Promise<KeptAnswer>((resolve) => {
    resolved = resolve;
  });
  return { promise, end: (given: KeptAnswer) => resolved?.(given) };
}

test('the same request gets the first answer again for a day', async () => {
  const clock = new VirtualClock();
  const kept = new Idempotency(clock);
  await kept.answer(of('a'), async () => answer('first'));
  clock.advance(24 * 60 * 60 * 1000 - 1);
  expect(await kept.answer(of('a'), async () => answer('second'))).toEqual(answer('first'));
  clock.advance(1);
  expect(await kept.answer(of('a'), async () => answer('third'))).toEqual(answer('third'));
});

test('of many requests the newest 10,000 are remembered, and none that is under way is forgotten', async () => {
  const kept = new Idempotency(new VirtualClock());
  const slow = unanswered();
  const underWay = kept.answer(of('slow'), () => slow.promise);
  for (let at = 0; at < 10_050; at += 1) await kept.answer(of(`k${at}`), async () => answer('{}'));
  expect(kept.size).toBe(10_000);
  await expect(kept.answer(of('slow'), async () => answer('twice'))).rejects.toMatchObject({
    code: 'request_under_way',
  });
  slow.end(answer('slow'));
  expect(await underWay).toEqual(answer('slow'));
});

test('of long answers no more are remembered than 32 MiB hold, the newest', async () => {
  const kept = new Idempotency(new VirtualClock());
  const body = 'x'.repeat(65_536);
  for (let at = 0; at < 600; at += 1) await kept.answer(of(`k${at}`), async () => answer(body));
  expect(kept.size).toBe(512);
  expect(await kept.answer(of('k599'), async () => answer('again'))).toEqual(answer(body));
  expect(await kept.answer(of('k0'), async () => answer('again'))).toEqual(answer('again'));
});

test('what took longer than a day leaves alone what came in its place', async () => {
  const clock = new VirtualClock();
  const kept = new Idempotency(clock);
  const slow = unanswered();
  const first = kept.answer(of('a'), () => slow.promise);
  clock.advance(24 * 60 * 60 * 1000);
  await kept.answer(of('a'), async () => answer('second'));
  slow.end({ status: 500, body: '' });
  await first;
  expect(await kept.answer(of('a'), async () => answer('third'))).toEqual(answer('second'));
});
