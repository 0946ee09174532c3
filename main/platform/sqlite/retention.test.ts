import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { type ArchiveStore, Retention, type RetentionLimits } from '../../kernel/audit/retention.ts';
import { verifyArchive } from './archive-file.ts';
import { openWriter } from './connection.ts';
import { openTestHome, temporaryFolder, type TestHome } from './test-home.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const WIDE: RetentionLimits = { days: 30, limitBytes: 1 << 30 };

function retentionOf(
  { log, storage }: TestHome,
  clock: VirtualClock,
  { limits = WIDE, ...instead }: Partial<ArchiveStore> & { limits?: RetentionLimits } = {},
): Retention {
  const { archives } = storage;
  return new Retention({
    log,
    archives: {
      base: () => archives.base(),
      usage: () => archives.usage(),
      cutPoint: (request) => archives.cutPoint(request),
      write: (request) => archives.write(request),
      cut: (base) => archives.cut(base),
      remove: (name) => archives.remove(name),
      ...instead,
    },
    newestCut: () => storage.audit.newest('archive_cut'),
    limits: () => limits,
    clock,
    logger: silentLogger,
  });
}

async function write(home: TestHome, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    home.log.record({ type: 'call_decided', actor: 'operator', decision: 'allow', input: `input ${index} "é\n"` });
  }
  await home.log.checkpoint();
}

/** A home whose first 1,024 records are older than a month and archived. */
async function archivedHome(folder: string, clock: VirtualClock): Promise<TestHome> {
  const home = await openTestHome(folder, clock);
  await write(home, 1200);
  clock.advance(40 * DAY_MS);
  await write(home, 600);
  using retention = retentionOf(home, clock);
  await retention.run();
  return home;
}

/** An archive of that name and its manifest, of another chain with the same id and key. */
async function otherArchive(name: string): Promise<Buffer[]> {
  using folder = temporaryFolder();
  await using home = await openTestHome(folder.path, new VirtualClock(1_800_000_000_000));
  await write(home, 1300);
  const { archives } = home.storage;
  const through = await archives.cutPoint({ throughSeq: 1100, beforeMs: Number.MAX_SAFE_INTEGER });
  if (!through) throw new Error('there is a place to cut');
  const archive = await archives.write({ through, manifest: home.log.signManifest({ first: 1, through }) });
  expect(archive.name).toBe(name);
  return [name, `${name}.manifest.json`].map((file) => readFileSync(join(folder.path, 'archives', file)));
}

const warnings = async (home: TestHome) =>
  (await home.log.query({ filters: { types: ['storage_warning'] } })).records.reverse();

test('records that are too old go to an archive that verifies by itself, and the chain goes on without them', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock(1_700_000_000_000);
  const name = 'chain-000000000001-000000001024.jsonl.zst';
  {
    await using home = await archivedHome(folder.path, clock);
    const file = join(folder.path, 'archives', name);
    expect(await verifyArchive(file)).toMatchObject({ ok: true, records: 1024, head: { seq: 1024 } });
    const [oldest] = await home.storage.audit.after(0, 1);
    expect(oldest?.seq).toBe(1025);
    expect(oldest?.prev).toBe((await home.storage.archives.base()).hash);
    const cut = await home.storage.audit.newest('archive_cut');
    expect(cut?.data).toMatchObject({ archive: name, first: 1, last: 1024, hash: oldest?.prev });
    expect(await home.log.verify()).toMatchObject({ ok: true, firstBad: null });
    await home.log.export(join(folder.path, 'rest.jsonl'));
    expect(JSON.parse(readFileSync(join(folder.path, 'rest.jsonl.manifest.json'), 'utf8'))).toMatchObject({
      first: 1025,
    });
    const found = await home.log.query({ filters: { decision: 'allow' }, limit: 1000 });
    expect(
      found.records.length +
        (await home.log.query({ filters: { decision: 'allow' }, limit: 1000, before: found.next ?? 0 })).records.length,
    ).toBe(1800 - 1022);
  }
  await using reopened = await openTestHome(folder.path, clock);
  expect(reopened.log.state.startVerified).toBe(true);
  expect(await reopened.log.verify()).toMatchObject({ ok: true });
});

test('a changed archive is found', async () => {
  using folder = temporaryFolder();
  await using _home = await archivedHome(folder.path, new VirtualClock(1_700_000_000_000));
  const file = join(folder.path, 'archives', 'chain-000000000001-000000001024.jsonl.zst');
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  expect((await verifyArchive(file)).ok).toBe(false);
});

test('a checkpoint over what was archived since is compared with the archives, and refused where they are gone', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock(1_700_000_000_000);
  await using home = await openTestHome(folder.path, clock);
  await write(home, 700);
  const held = await home.log.exportCheckpoint();
  const archiveUpTo = async (throughSeq: number): Promise<string> => {
    await write(home, 600);
    const { archives } = home.storage;
    const through = await archives.cutPoint({ throughSeq, beforeMs: Number.MAX_SAFE_INTEGER });
    if (!through) throw new Error('there is a place to cut');
    const first = (await archives.base()).seq + 1;
    const { name, bytes } = await archives.write({ through, manifest: home.log.signManifest({ first, through }) });
    const data = { archive: name, first, last: through.seq, hash: through.hash, bytes };
    await home.log.append({ type: 'archive_cut', actor: 'kernel', data });
    await archives.cut(through);
    return join(folder.path, 'archives', name);
  };
  const older = await archiveUpTo(1100);
  const newer = await archiveUpTo(1700);
  expect(await home.log.verify({ held: [held] })).toMatchObject({ ok: true });

  // Written anew by somebody who has the key, so that it agrees with itself, but not with the checkpoint.
  const files = [older, `${older}.manifest.json`];
  const kept = files.map((file) => readFileSync(file));
  const put = (bytes: readonly Buffer[]): void => {
    for (const [index, file] of files.entries()) writeFileSync(file, bytes[index] ?? '');
  };
  put(await otherArchive(basename(older)));
  expect(await verifyArchive(older)).toMatchObject({ ok: true });
  expect(await home.log.verify({ held: [held] })).toMatchObject({ ok: false, firstBad: { problem: 'tail' } });
  put(kept);
  expect(await home.log.verify({ held: [held] })).toMatchObject({ ok: true });

  for (const file of [newer, `${older}.manifest.json`]) {
    renameSync(file, `${file}.away`);
    await expect(home.log.verify({ held: [held] })).rejects.toMatchObject({ code: 'checkpoint_unreachable' });
    expect(await home.log.verify()).toMatchObject({ ok: true });
    renameSync(`${file}.away`, file);
  }
});

test('somebody who cuts off the beginning themselves is found, as no record tells of an archive', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock(1_700_000_000_000);
  await using home = await archivedHome(folder.path, clock);
  const connection = openWriter(home.database);
  connection.exec(`INSERT OR REPLACE INTO audit_base SELECT 1, seq, hash FROM audit_record WHERE seq = 1536;
    DELETE FROM audit_record WHERE seq <= 1536; DELETE FROM audit_block WHERE block < 3; DELETE FROM audit_term WHERE block < 3`);
  connection.close();
  expect(await home.log.verify()).toMatchObject({ ok: false, firstBad: { seq: 1, problem: 'gap' } });
});

test('a crash between the record of a cut and the cut is made up for, and an archive that no record names goes', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock(1_700_000_000_000);
  await using home = await openTestHome(folder.path, clock);
  await write(home, 1200);
  const { archives } = home.storage;
  const half = await archives.cutPoint({ throughSeq: 600, beforeMs: Number.MAX_SAFE_INTEGER });
  const whole = await archives.cutPoint({ throughSeq: 1100, beforeMs: Number.MAX_SAFE_INTEGER });
  if (!half || !whole) throw new Error('there is a place to cut');
  const orphan = await archives.write({ through: half, manifest: home.log.signManifest({ first: 1, through: half }) });
  const named = await archives.write({ through: whole, manifest: home.log.signManifest({ first: 1, through: whole }) });
  const data = { archive: named.name, first: 1, last: whole.seq, hash: whole.hash };
  await home.log.append({ type: 'archive_cut', actor: 'kernel', data });
  using retention = retentionOf(home, clock);
  await retention.run();
  expect(await archives.base()).toEqual(whole);
  expect(existsSync(join(folder.path, 'archives', orphan.name))).toBe(false);
  expect((await archives.usage()).archives.map(({ name }) => name)).toEqual([named.name]);
  expect(await home.log.verify()).toMatchObject({ ok: true });
});

test('near the limit the operator is warned once a level; only at the limit does the oldest archive go, and a record says so first', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock(1_700_000_000_000);
  await using home = await archivedHome(folder.path, clock);
  const { chainBytes, archives } = await home.storage.archives.usage();
  const usedBytes = chainBytes + (archives[0]?.bytes ?? 0);
  const limits = { days: 30, limitBytes: Math.floor(usedBytes / 0.85) };
  // What the chain alone may take is not the matter here.
  using retention = retentionOf(home, clock, { limits, cutPoint: async () => undefined });
  await retention.run();
  await retention.run();
  limits.limitBytes = Math.floor(usedBytes / 0.97);
  await retention.run();
  expect((await warnings(home)).map(({ reason, data }) => [reason, data?.['percent']])).toEqual([
    ['limit_near', 80],
    ['limit_near', 95],
  ]);
  expect((await home.storage.archives.usage()).archives.length).toBe(1);
  limits.limitBytes = Math.floor(usedBytes / 1.01);
  await retention.run();
  expect((await warnings(home))[2]).toMatchObject({ reason: 'archive_deleted', data: { first: 1, last: 1024 } });
  expect((await home.storage.archives.usage()).archives).toEqual([]);
  expect(existsSync(join(folder.path, 'archives', 'chain-000000000001-000000001024.jsonl.zst'))).toBe(false);
  expect(await home.log.verify()).toMatchObject({ ok: true });
});

test('a chain that takes more than half of the limit is cut though nothing is old', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock(1_700_000_000_000);
  await using home = await openTestHome(folder.path, clock);
  await write(home, 3000);
  const { chainBytes } = await home.storage.archives.usage();
  using retention = retentionOf(home, clock, { limits: { days: 30, limitBytes: Math.floor(chainBytes * 1.9) } });
  await retention.run();
  expect((await home.storage.archives.base()).seq).toBe(1024);
  expect(await home.log.verify()).toMatchObject({ ok: true });
});
