import { argv, stdout } from 'node:process';
import { openTestHome } from './test-home.ts';

/**
 * The process that crash.test.ts kills: writes acts until it dies, and tells each on standard output, a synced one when it
 * is acknowledged and a buffered one when it is handed over.
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

await Promise.all([writeSynced(0), writeSynced(1), writeSynced(2), writeBuffered(), writeBackups()]);
