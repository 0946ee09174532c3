import { Changes } from '../../kernel/changes/changes.ts';
import { portsOf } from './layer-fixture.ts';

/** Merges, or takes back, in a process that the crash test kills. Says when it begins and when it has ended. */
const [root = '', layer = '', act = ''] = process.argv.slice(2);
const parsed = JSON.parse(layer);
const changes = new Changes(portsOf(root, parsed));
const { signal } = new AbortController();
if (act === 'merge') await changes.list({ session: parsed.session, signal });
process.stdout.write('begins\n');
if (act === 'merge') await changes.merge({ session: parsed.session, mode: 'apply', signal });
else await changes.undo({ session: parsed.session, signal });
process.stdout.write('ended\n');
