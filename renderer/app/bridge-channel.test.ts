import { expect, test } from 'vitest';
import type { Frame } from '../../schema/frame.ts';
import { bridgeChannel } from './bridge-channel.ts';

test('frames wait, in order, until the window has painted', async () => {
  const sent: unknown[] = [];
  let paint = (): void => undefined;
  const painted = new Promise<void>((resolve) => {
    paint = resolve;
  });
  const channel = bridgeChannel(
    { send: (frame) => void sent.push(frame), onFrame: () => undefined, pathOf: () => '' },
    painted,
  );
  const frames = ['1', '2', '3'].map((id): Frame => ({ id, type: 'cancel' }));
  for (const frame of frames.slice(0, 2)) void channel.send(frame);
  expect(sent).toEqual([]);
  paint();
  await painted;
  for (const frame of frames.slice(2)) void channel.send(frame);
  expect(sent).toEqual(frames);
});
