import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionId } from '../../../../schema/entities.ts';
import { ApiEngine } from '../api-engine.ts';
import { DOCKER_SOCKET } from './engines.ts';
import { SandboxMachine, shell } from './sandbox-machine.ts';

/**
 * A kernel's sandboxes in a process of their own, to be killed, or to be run as another user.
 * Arguments: a folder, and `hold` (start a session, print its record, wait for the end) or `whole` (start, write, stop, remove).
 */
const [folder = '', mode = ''] = process.argv.slice(2);
const machine = await SandboxMachine.open({ folder, connect: () => ApiEngine.connect(DOCKER_SOCKET, folder) });
const sandboxes = machine.sandboxes();
const session = 'held' as SessionId; // Test data.
const workspace = join(folder, 'workspace');
await mkdir(workspace, { recursive: true });
await sandboxes.start({ session, workspace, profile: 'workspace', signal: AbortSignal.timeout(60_000) });
const { stdout } = await shell(
  sandboxes,
  session,
  'id -u; whoami; id -gn; mkdir -p a/b; echo x > a/b/c; rm -rf a; mkdir a',
);
if (mode === 'hold') {
  process.stdout.write(`${JSON.stringify(machine.store.all()[0])}\n`);
  setInterval(() => undefined, 1_000_000);
} else {
  await sandboxes.remove(session);
  process.stdout.write(
    `${JSON.stringify({ stdout, left: await machine.leftWithEngine(await ApiEngine.connect(DOCKER_SOCKET, folder)) })}\n`,
  );
  process.exit(0);
}
