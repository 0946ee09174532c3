import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { dialectOf } from './engine-dialect.ts';
import { parseEvent, readEvents } from './event-lines.ts';

const docker = dialectOf('docker', '/nowhere');
const podman = dialectOf('podman', '/nowhere');

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}

it('parseEvent reads what both engines say of an end, and nothing into other lines', () => {
  expect([
    parseEvent('{"Type":"container","Action":"die","Actor":{"ID":"a","Attributes":{"exitCode":"137"}}}', docker),
    parseEvent('{"Action":"died","Actor":{"ID":"b","Attributes":{"containerExitCode":"3"}}}', podman),
    parseEvent('{"Action":"exec_start: ls","Actor":{"ID":"c"}}', docker),
    parseEvent('not json', docker),
  ]).toEqual([
    { action: 'die', container: 'a', exitCode: 137 },
    { action: 'die', container: 'b', exitCode: 3 },
    undefined,
    undefined,
  ]);
});

it('readEvents says that the engine is gone when its stream ends by itself, and ends quietly when it was told to', async () => {
  const lost = new PassThrough();
  lost.end('{"Action":"start","Actor":{"ID":"a"}}\n');
  const reading = all(readEvents(lost, docker, new AbortController().signal));
  await expect(reading).rejects.toMatchObject({ code: 'engine_unavailable' });
  const stopping = new AbortController();
  const quiet = all(readEvents(new PassThrough(), docker, stopping.signal));
  stopping.abort();
  expect(await quiet).toEqual([]);
});
