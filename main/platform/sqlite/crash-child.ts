import { randomBytes } from 'node:crypto';
import { argv, stdout } from 'node:process';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { Retention } from '../../kernel/audit/retention.ts';
import { openBlobs, openTestHome } from './test-home.ts';

/**
 * The process that crash.test.ts kills: writes acts until it dies, and tells each on standard output, a synced one when it
 * is acknowledged, a buffered one when it is handed over, and a blob when it is stored. Meanwhile the database is backed up,
 * its WAL brought in, and whatever can be cut off the chain is archived.
 */
const [, , folder = '', round = ''] = argv;
const home = await openTestHome(folder);
const { log, storage } = home;
const notes = await storage.collection('note', (await import('typebox')).default.Any());

log.record({ type: 'kernel_start', actor: 'kernel', data: { round: Number(round) } });
tell('ready', '');

function tell(kind: string, act: string): void {
  stdout.write(`${kind} ${act} ${Date.now()}\n`);
}

async function writeSynced(caller: number): Promise<void> {
  for (let index = 0; ; index += 1) {
    const act = `s-${round}-${caller}-${index}`;
    await log.append({ type: 'policy_changed', actor: 'operator', act });
    tell('synced', act);
    if (caller === 0) {
      await notes.putSynced('newest', { act });
      tell('note', act);
    }
  }
}

async function writeBuffered(): Promise<void> {
  for (let index = 0; ; index += 1) {
    const act = `b-${round}-${index}`;
    log.record({ type: 'terminal_opened', actor: 'operator', act, input: 'x'.repeat(index % 400) });
    tell('buffered', act);
    if (index % 10 === 0) await log.ready();
    if (index % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function writeBackups(): Promise<void> {
  for (;;) {
    await storage.backup();
    tell('backup', '-');
  }
}

async function writeBlobs(): Promise<void> {
  const blobs = await openBlobs(folder, storage);
  for (let index = 0; ; index += 1) {
    tell('blob', (await blobs.put('kept', randomBytes(200_000))).sha256);
    // What somebody else refers to as well stays when one of them goes.
    const shared = Buffer.alloc(100_000, `shared ${index % 3}`);
    await blobs.put('passing', shared);
    tell('blob', (await blobs.put('kept', shared)).sha256);
    await blobs.put('passing', randomBytes(100_000));
    await Promise.all([blobs.release('passing'), blobs.collect()]);
  }
}

async function cutArchives(): Promise<void> {
  using retention = new Retention({
    log,
    archives: storage.archives,
    newestCut: () => storage.audit.newest('archive_cut'),
    limits: () => ({ days: 0, limitBytes: 2 ** 40 }),
    clock: systemClock,
    logger: silentLogger,
  });
  for (;;) {
    await retention.run();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const writers = [writeSynced(0), writeSynced(1), writeSynced(2), writeBuffered()];
await Promise.all([...writers, writeBackups(), writeBlobs(), cutArchives()]);
