import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import type { AuditLog } from '../../kernel/audit/audit-log.ts';
import { openTestHome } from './test-home.ts';

/** A small file system of its own; undefined where this user may not mount one. */
function mountSmallDisk(): (Disposable & { readonly path: string }) | undefined {
  if (getuid?.() !== 0) return undefined;
  const path = mkdtempSync(join(tmpdir(), 'cavern-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path]);
  if (status !== 0) rmSync(path, { recursive: true });
  return status === 0 ? { path, [Symbol.dispose]: () => unmount(path) } : undefined;
}

function unmount(path: string): void {
  spawnSync('umount', ['-l', path]);
  rmSync(path, { recursive: true });
}

/** Turns the clock until the log can be written again, or for a minute. */
async function untilWritable(log: { readonly writable: boolean }, clock: VirtualClock): Promise<void> {
  for (let second = 0; second < 60 && !log.writable; second += 1) {
    clock.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Answers the refusal, and adds what was written before it. */
async function appendUntilRefused(log: AuditLog, acknowledged: string[]): Promise<unknown> {
  for (let index = 0; index < 500; index += 1) {
    try {
      await log.append({ type: 'policy_changed', actor: 'operator', act: `a${index}`, input: 'x'.repeat(400) });
      acknowledged.push(`a${index}`);
    } catch (refusal) {
      return refusal;
    }
  }
  return undefined;
}

function fill(file: string): void {
  for (const sizeBytes of [65_536, 4096, 1]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(sizeBytes, 1), { flag: 'a' });
    } catch {
      // Full for pieces of this size.
    }
  }
}

test('a full disk makes the log read-only and loses nothing; it recovers without a restart', async () => {
  using disk = mountSmallDisk();
  if (!disk) throw new Error('No small disk could be mounted');
  const clock = new VirtualClock(Date.now());
  await using home = await openTestHome(disk.path, clock);
  const { log } = home;
  const acknowledged = ['first'];
  await log.append({ type: 'policy_changed', actor: 'operator', act: 'first' });
  const ballast = join(disk.path, 'ballast');
  fill(ballast);
  const refused = await appendUntilRefused(log, acknowledged);
  expect(refused).toMatchObject({ code: 'audit_unavailable', retryable: true });
  expect(log.writable).toBe(false);
  log.record({ type: 'session_ended', actor: 'operator', act: 'meanwhile' });
  clock.advance(3000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(log.writable).toBe(false);
  rmSync(ballast);
  await untilWritable(log, clock);
  expect(log.writable).toBe(true);
  await log.append({ type: 'policy_changed', actor: 'operator', act: 'after' });
  const records = await home.storage.audit.after(0, 10_000);
  const acts = records.flatMap((record) => record.act ?? []);
  expect(acts.filter((act) => act !== 'meanwhile' && act !== 'after')).toEqual(acknowledged);
  expect(acts.slice(-2)).toEqual(['meanwhile', 'after']);
  const warning = records.find((record) => record.type === 'storage_warning');
  expect(warning?.data).toMatchObject({ cause: 'SQLITE_FULL' });
  expect(await log.verify()).toMatchObject({ ok: true });
});
