import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
  const outcome = home.log.export(file, { signal: abort.signal, onProgress: () => abort.abort() });
  // Its thread may have been quicker than the news of its progress; then the export is there, whole.
  expect(
    await outcome.then(
      () => 'finished',
      ({ code }: { code: unknown }) => code,
    ),
  ).toMatch(/^(cancelled|finished)$/);
  expect(readdirSync(exports).filter((name) => name.includes('tmp'))).toEqual([]);
  await home.log.export(file);
  expect(await verifyExport(file)).toMatchObject({ ok: true });
  expect(existsSync(`${file}.manifest.json`)).toBe(true);
});
