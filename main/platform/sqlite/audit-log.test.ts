import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SessionId } from '../../../schema/entities.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { AuditLog } from '../../kernel/audit/audit-log.ts';
import { signerFromSeed } from '../../kernel/audit/checkpoint-note.ts';
import { verifyExport } from '../audit-files/verify-export.ts';
import { Storage } from './storage.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const signer = signerFromSeed(new Uint8Array(32).fill(1));

async function openHome() {
  const storage = await Storage.open({ database: join(folder, 'cavern.db'), clock: systemClock, logger: silentLogger });
  const options = { store: storage.audit, signer, clock: systemClock, logger: silentLogger };
  const log = await AuditLog.open({ ...options, newChainId: () => 'ab'.repeat(16) });
  return {
    storage,
    log,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}

test('a chain survives a restart, verifies, exports and is paged by filters', async () => {
  {
    await using home = await openHome();
    for (let index = 0; index < 2500; index += 1) {
      home.log.record({
        type: index % 2 === 0 ? 'call_decided' : 'call_finished',
        act: `a${index >> 1}`,
        actor: 'plugin:fs',
        session: `s${index >> 8}`,
        ...(index % 10 === 0 ? { decision: 'deny' } : {}),
        input: `file ${index}`,
      });
      if (index % 500 === 0) await home.log.ready();
    }
    const stored = await Promise.all(
      [1, 2, 3].map(() => home.log.append({ type: 'policy_changed', actor: 'operator' })),
    );
    expect(stored.map((record) => record.seq - (stored[0]?.seq ?? 0))).toEqual([0, 1, 2]);
  }
  await using home = await openHome();
  const { log } = home;
  expect(log.state.startVerified).toBe(true);
  const seen: number[] = [];
  const report = await log.verify({ onProgress: (done) => seen.push(done) });
  expect(report).toMatchObject({ ok: true, firstBad: null, checkpoints: 3 });
  expect(report.head).toEqual(log.state.head);
  const file = join(folder, 'export.jsonl');
  const exported = await log.export(file);
  expect(exported.records).toBe(report.records);
  expect(await verifyExport(file)).toEqual({ ...report, checkpoints: 4 });

  const all = [];
  let before: number | undefined;
  for (;;) {
    const page = await log.query({ filters: { decision: 'deny', session: 's3' as SessionId }, before, limit: 7 }); // an id of this shape
    all.push(...page.records);
    if (page.next === null) break;
    before = page.next;
  }
  const everything = await home.storage.audit.after(0, 5000);
  const expected = everything.filter((record) => record.decision === 'deny' && record.session === 's3').reverse();
  expect(all).toEqual(expected);
  expect(all.length).toBeGreaterThan(20);
});
