import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot, run, runPrefixed } from '../setup/command.mjs';
import { checkout } from '../setup/folders.mjs';

/** @typedef {{ prefix: string[], folder: string, home: string }} TestUser `prefix` runs a command as the user, `folder` is theirs and empty */

const name = 'cavern-e2e';

/**
 * The ordinary user that runs the end-to-end tests: the caller, or, because Chromium has no sandbox for root, one made for the tests who may use the engine.
 * @returns {Promise<TestUser>}
 */
export async function testUser() {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-e2e-'));
  if (!isRoot()) return { prefix: [], folder, home: process.env.HOME ?? folder };
  const { uid, gid, home } = await ensureUser();
  await run('chown', ['-R', `${uid}:${gid}`, folder]);
  return { prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups'], folder, home };
}

async function ensureUser() {
  await run('groupadd', ['--system', '--force', 'docker']);
  if (entryOf(name) === undefined) {
    await run('useradd', ['--create-home', '--user-group', '--shell', '/bin/bash', name]);
  }
  await run('usermod', ['--append', '--groups', 'docker', name]);
  const [, , uid = '', gid = '', , home = '/'] = entryOf(name) ?? [];
  return { uid, gid, home };
}

/**
 * The fields of a user in /etc/passwd.
 * @param {string} user
 */
function entryOf(user) {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  return line?.split(':');
}

/**
 * A copy of the packaged app that the user can read and start.
 * @param {{ app: string, user: TestUser }} options
 */
export async function copyForUser({ app, user }) {
  const copy = join(user.folder, 'app');
  cpSync(app, copy, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'a+rX', copy]);
  return copy;
}

/**
 * The checkout, or, where the user may not enter the folder it lies in, a copy of it made of hard links.
 * @param {TestUser} user
 */
export async function readableCheckout(user) {
  const readable = await runPrefixed([...user.prefix, 'test', '-r', join(checkout, 'package.json')]).then(
    () => true,
    () => false,
  );
  if (readable) return checkout;
  const copy = join(user.folder, 'checkout');
  await run('cp', ['-al', checkout, copy]).catch(() => run('cp', ['-a', checkout, copy]));
  await run('find', [copy, '-type', 'd', '-exec', 'chmod', 'a+rx', '{}', '+']);
  return copy;
}
