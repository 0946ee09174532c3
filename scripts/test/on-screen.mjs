import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { argv, env } from 'node:process';
import { packagedFolder } from '../dist/package-app.mjs';
import { run, splitCommand } from '../setup/command.mjs';
import { checkout } from '../setup/folders.mjs';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { copyForUser, readableCheckout, testUser } from './e2e-user.mjs';
import { openVirtualScreen } from './virtual-screen.mjs';

/**
 * `node scripts/test/on-screen.mjs FILE ARGS…`: runs a program of the checkout on a screen of its own, as an ordinary user because
 * Chromium has no sandbox for root. `CAVERN_APP` is a copy of the packaged app that this user may start.
 */
const [file = '', ...args] = argv.slice(2);
const user = await testUser();
try {
  const tests = await readableCheckout(user);
  const app = await copyForUser({ app: packagedFolder(), user });
  const screen = await openVirtualScreen({ folder: user.folder, as: user.prefix });
  try {
    process.exitCode = await programEnd({ tests, app, screen: screen.env });
  } finally {
    screen.close();
  }
} finally {
  await run('rm', ['-rf', '--one-file-system', user.folder]).catch(() => undefined);
}

/**
 * @param {{ tests: string, app: string, screen: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} its exit code
 */
function programEnd({ tests, app, screen }) {
  const node = pinnedNode.replace(checkout, tests);
  const command = splitCommand([...user.prefix, node, join(tests, file), ...args]);
  const child = spawn(command.program, command.args, {
    cwd: tests,
    stdio: 'inherit',
    env: {
      ...env,
      ...screen,
      HOME: user.home,
      TMPDIR: user.folder,
      CAVERN_APP: join(app, 'cavern'),
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
