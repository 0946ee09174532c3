import { expect, test } from 'vitest';
import { createChannelPair } from '../../../schema/client/channel-pair.ts';
import type { Frame } from '../../../schema/frame.ts';
import { relay } from './relay.ts';

test('frames pass both ways; once the kernel is gone, what was asked and what is asked is answered so', async () => {
  const [page, pageSide] = createChannelPair();
  const [kernelSide, kernel] = createChannelPair();
  const answers: Frame[] = [];
  const asked: Frame[] = [];
  page.onFrame((frame) => answers.push(frame));
  kernel.onFrame((frame) => asked.push(frame));
  relay(pageSide, kernelSide);

  void page.send({ id: 'a', type: 'request', method: 'app.version', params: {} });
  void page.send({ id: 'b', type: 'request', method: 'session.watch', params: {} });
  await expect.poll(() => asked.map(({ id }) => id)).toEqual(['a', 'b']);
  void kernel.send({ id: 'a', type: 'response', result: 'yes' });
  await expect.poll(() => answers).toEqual([{ id: 'a', type: 'response', result: 'yes' }]);

  kernel.close();
  await expect.poll(() => answers.at(-1)).toMatchObject({ id: 'b', error: { code: 'disconnected' } });
  void page.send({ id: 'c', type: 'request', method: 'app.version', params: {} });
  await expect.poll(() => answers.at(-1)).toMatchObject({ id: 'c', error: { code: 'disconnected' } });
  expect(answers).toHaveLength(3);
});
