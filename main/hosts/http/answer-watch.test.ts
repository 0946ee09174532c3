import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import { AnswerWatch } from './answer-watch.ts';

it('only the connection of an answer that is not taken has a time limit, and not beyond that answer', () => {
  const clock = new VirtualClock();
  using watch = new AnswerWatch(clock);
  const [quick, slow] = [new Socket(), new Socket()];
  watch.begin(quick);
  watch.begin(slow);
  clock.advance(1000);
  watch.end(quick);
  clock.advance(1000);
  expect([quick.timeout, slow.timeout]).toEqual([undefined, 30_000]);
  watch.end(slow);
  expect(slow.timeout).toBe(0);
  quick.destroy();
  slow.destroy();
});

it('a client that goes away before it has its answer leaves nothing that is looked after', () => {
  const clock = new VirtualClock();
  using watch = new AnswerWatch(clock);
  const socket = new Socket();
  watch.begin(socket);
  socket.destroy();
  clock.advance(1000);
  expect(clock.waiting).toBe(0);
});
