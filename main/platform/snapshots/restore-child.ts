import { DiskSnapshots } from './disk-snapshots.ts';

/** Restores a snapshot in a process that the crash test kills. Says when it begins and when it has ended. */
const [sessions = '', layer = '', snapshot = ''] = process.argv.slice(2);
const store = new DiskSnapshots(sessions);
process.stdout.write('begins\n');
await store.restore(JSON.parse(layer), JSON.parse(snapshot));
process.stdout.write('ended\n');
