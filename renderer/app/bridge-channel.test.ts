import { afterEach, expect, test, vi } from 'vitest';
import { TO_WINDOW } from '../../schema/bridge.ts';
import type { Frame } from '../../schema/frame.ts';
import { bridgeChannel } from './bridge-channel.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('frames wait, in order, until the window has painted', async () => {
  const sent: unknown[] = [];
  let paint = (): void => undefined;
  const painted = new Promise<void>((resolve) => {
    paint = resolve;
  });
  const channel = bridgeChannel({ send: (frame) => void sent.push(frame), pathOf: () => '' }, painted);
  const frames = ['1', '2', '3'].map((id): Frame => ({ id, type: 'cancel' }));
  for (const frame of frames.slice(0, 2)) void channel.send(frame);
  expect(sent).toEqual([]);
  paint();
  await painted;
  for (const frame of frames.slice(2)) void channel.send(frame);
  expect(sent).toEqual(frames);
});

test('frames are taken from messages of the window itself, and of nobody else', () => {
  const page = new EventTarget();
  vi.stubGlobal('window', page);
  const taken: Frame[] = [];
  bridgeChannel({ send: () => undefined, pathOf: () => '' }, Promise.resolve()).onFrame((frame) => taken.push(frame));
  const post = (source: unknown, data: unknown): void =>
    void page.dispatchEvent(Object.assign(new Event('message'), { source, data }));
  const frame = (id: string): Frame => ({ id, type: 'response', result: null });
  post(page, { channel: TO_WINDOW, frames: [frame('1'), frame('2')] });
  post(new EventTarget(), { channel: TO_WINDOW, frames: [frame('of another')] });
  for (const other of [null, 'text', { channel: 'else', frames: [frame('3')] }, { channel: TO_WINDOW, frames: 4 }])
    post(page, other);
  expect(taken).toEqual([frame('1'), frame('2')]);
});
