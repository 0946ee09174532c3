import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CallContext } from '../../kernel/dispatch/context.ts';
import { auditHandlers } from '../../kernel/audit/handlers.ts';
import { verifyExport } from '../audit-files/verify-export.ts';
import { openTestHome, temporaryFolder } from './test-home.ts';

/** Progress is told each 20,000 records. */
const RECORDS = 45_000;

test('an export that is cancelled leaves nothing unfinished behind, and the next one is whole', {
  timeout: 120_000,
}, async () => {
  using folder = temporaryFolder();
  await using home = await openTestHome(folder.path);
  for (let index = 0; index < RECORDS; index += 1) {
    home.log.record({ type: 'call_decided', actor: 'operator', decision: 'allow', input: `file ${index}` });
    if (index % 500 === 0) await home.log.ready();
  }
  await home.log.checkpoint();
  const exports = join(folder.path, 'exports');
  mkdirSync(exports);
  const file = join(exports, 'chain.jsonl');
  const early = AbortSignal.abort();
  await expect(home.log.export(file, { signal: early })).rejects.toMatchObject({ code: 'cancelled' });
  expect(readdirSync(exports)).toEqual([]);
  const abort = new AbortController();
  const handlers = auditHandlers({ log: home.log, judgeBy: async () => () => undefined });
  const context = { signal: abort.signal } as CallContext; // the handler looks at nothing else
  const outcome = await drained(
    handlers.save({ folder: exports }, context) as AsyncIterable<{ type: string }>, // as the contract declares it
    // After its first word the call is cancelled, as a window that is closed or Ctrl-C does.
    () => abort.abort(),
  );
  expect(outcome).toMatchObject({ code: 'cancelled' });
  expect(readdirSync(exports)).toEqual([]);
  await home.log.export(file);
  expect(await verifyExport(file)).toMatchObject({ ok: true });
  expect(existsSync(`${file}.manifest.json`)).toBe(true);
});

/** What ends the stream, if anything but its end does. */
async function drained(stream: AsyncIterable<{ type: string }>, onEvent: () => void): Promise<unknown> {
  try {
    for await (const { type } of stream) {
      expect(type).toBe('progress');
      onEvent();
    }
    return 'finished';
  } catch (cause) {
    return cause;
  }
}
