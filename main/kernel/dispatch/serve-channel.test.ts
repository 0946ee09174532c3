import { expect, it } from 'vitest';
import { encodeFrame } from '../../../schema/frame-codec.ts';
import { FRAME_LIMIT_BYTES } from '../../../schema/frame-limits.ts';
import type { Frame } from '../../../schema/frame.ts';
import { createChannelPair } from '../../../schema/client/channel-pair.ts';
import type { Caller } from './context.ts';
import { serveChannel } from './serve-channel.ts';

const caller: Caller = { actor: 'operator', tags: ['operator'], containerId: '', peerPid: 0 };

/** Whoever asks over a connection whose frames have limits, and what it is answered. */
function asking(results: readonly unknown[]) {
  const [near, far] = createChannelPair();
  const channel = { ...far, send: (frame: Frame) => (encodeFrame(frame), far.send(frame)) };
  const left = [...results];
  serveChannel({
    channel,
    caller,
    dispatch: {
      memberOf: () => undefined,
      call: async () => left.shift(),
      async *stream() {
        yield undefined;
      },
    },
  });
  const answers: Frame[] = [];
  near.onFrame((frame) => void answers.push(frame));
  return { answers, ask: (id: string) => near.send({ id, type: 'request', method: 'box.peek', params: {} }) };
}

it('an answer that fits into no frame is a failure that says so, and the connection goes on', async () => {
  const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as unknown; // any nested value does
  const { answers, ask } = asking(['x'.repeat(FRAME_LIMIT_BYTES), deep, 'short']);
  for (const id of ['1', '2', '3']) void ask(id);
  await expect.poll(() => answers.length).toBe(3);
  const message = 'Cannot send the answer of box.peek: it does not fit into a frame';
  expect(answers).toMatchObject([
    { id: '1', error: { code: 'answer_too_large', message, why: expect.stringContaining('more than') as string } },
    { id: '2', error: { code: 'answer_too_large', message, why: expect.stringContaining('nested') as string } },
    { id: '3', result: 'short' },
  ]);
});
