import { expect, test } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import { WorkerClient } from './worker-client.ts';

interface Echo {
  readonly [operation: string]: (input: never, report: (progress: unknown) => void) => unknown;
  echo(input: unknown): unknown;
  later(input: number): Promise<number>;
  fault(input: undefined): never;
  bug(input: undefined): never;
  die(input: undefined): never;
  hoard(input: undefined): never;
  throwLater(input: undefined): Promise<void>;
  count(input: number): number;
}

const openClient = () =>
  new WorkerClient<Echo>({ url: new URL('echo-thread.ts', import.meta.url), data: { greeting: 'hello' } });

test('a worker answers in the order it was asked, with what it was started with', async () => {
  await using client = openClient();
  expect(await client.call('echo', undefined)).toEqual({ greeting: 'hello', input: undefined });
  const answers: unknown[] = [];
  await Promise.all(
    [1, 2, 3].map(async (input) => answers.push((await client.call('echo', input)) as { input: number })),
  );
  expect(answers).toEqual([1, 2, 3].map((input) => ({ greeting: 'hello', input })));
  expect(await client.call('later', 20)).toBe(20);
});

test('a fault crosses the thread as it is, anything else becomes internal with its text kept inside', async () => {
  await using client = openClient();
  await expect(client.call('fault', undefined)).rejects.toMatchObject({ code: 'storage_failed', data: { code: 'X' } });
  const bug = await client.call('bug', undefined).catch((cause: unknown) => cause);
  expect(bug).toBeInstanceOf(Fault);
  expect(bug).toMatchObject({ code: 'internal' });
  expect(String(bug)).not.toContain('secret');
});

test('a thread that dies rejects what waited, and the next request starts another', async () => {
  await using client = openClient();
  await expect(Promise.all([client.call('die', undefined), client.call('echo', 1)])).rejects.toMatchObject({
    code: 'internal',
    message: 'Cannot finish the work: the worker thread ended',
    why: 'The thread "echo-thread" ended with code 1.',
  });
  expect(await client.call('echo', 2)).toMatchObject({ input: 2 });
});

test('a thread that cannot start or runs out of memory says so, and one that fails keeps to itself what it worked on', async () => {
  await using missing = new WorkerClient<Echo>({ url: new URL('no-thread.ts', import.meta.url), data: {} });
  await expect(missing.call('echo', 1)).rejects.toMatchObject({
    why: expect.stringMatching(/^The thread "no-thread" ended by (ERR_)?MODULE_NOT_FOUND: .*no-thread\.ts/),
  });
  const url = new URL('echo-thread.ts', import.meta.url);
  await using small = new WorkerClient<Echo>({ url, data: { greeting: '' }, heapLimitMb: 24 });
  await expect(small.call('hoard', undefined)).rejects.toMatchObject({
    why: expect.stringContaining('ERR_WORKER_OUT_OF_MEMORY'),
  });
  await using failing = openClient();
  const fault = await failing.call('throwLater', undefined).catch((cause: unknown) => cause);
  expect(fault).toMatchObject({
    why: 'The thread "echo-thread" ended by an error that it did not expect; see the log.',
  });
});

test('progress arrives before the answer', async () => {
  await using client = openClient();
  const seen: unknown[] = [];
  expect(await client.call('count', 3, (progress) => seen.push(progress))).toBe(3);
  expect(seen).toEqual([1, 2, 3]);
});

test('a brief wait settles an answer that comes in time, and gives up on one that does not', async () => {
  await using client = openClient();
  await client.call('echo', 0);
  let settled = false;
  const answer = client.call('echo', 1).then(() => {
    settled = true;
  });
  expect(client.waitBriefly(5000)).toBe(true);
  await Promise.resolve();
  await Promise.resolve();
  expect(settled).toBe(true);
  await answer;
  const slow = client.call('later', 300);
  expect(client.waitBriefly(1)).toBe(false);
  expect(await slow).toBe(300);
});
