import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packagedFolder } from '../dist/package-app.mjs';
import { run } from '../setup/command.mjs';
import { checkout } from '../setup/folders.mjs';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { confirmed, countsOfPlaywright } from './counts.mjs';
import { copyForUser, readableCheckout, testUser } from './e2e-user.mjs';
import { failuresOfPlaywright } from './failures.mjs';
import { resultsFolder, runToEnd } from './suites.mjs';
import { openVirtualScreen } from './virtual-screen.mjs';

/**
 * Runs the end-to-end tests on the packaged app, on a screen of their own, as an ordinary user with Chromium's sandbox on.
 * @returns {Promise<import('./suites.mjs').Outcome>}
 */
export async function runEndToEnd() {
  const user = await testUser();
  try {
    const app = await copyForUser({ app: packagedFolder(), user });
    const tests = await readableCheckout(user);
    const screen = await openVirtualScreen({ folder: user.folder, as: user.prefix });
    try {
      return await runPlaywright({ user, app, tests, screen: screen.env });
    } finally {
      screen.close();
    }
  } finally {
    await removeFolder(user.folder);
  }
}

/** @param {{ user: import('./e2e-user.mjs').TestUser, app: string, tests: string, screen: NodeJS.ProcessEnv }} options */
async function runPlaywright({ user, app, tests, screen }) {
  const results = join(user.folder, 'results');
  const cli = join(tests, 'node_modules', '@playwright', 'test', 'cli.js');
  const config = join(tests, 'e2e', 'playwright.config.ts');
  const node = pinnedNode.replace(checkout, tests);
  const chosen = process.env.CAVERN_E2E_FILES?.split(' ') ?? [];
  const exitCode = await runToEnd([...user.prefix, node, cli, 'test', '-c', config, ...chosen], {
    ...process.env,
    ...screen,
    HOME: user.home,
    TMPDIR: user.folder,
    CAVERN_APP: join(app, 'cavern'),
    CAVERN_TEST_RESULTS: results,
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
  });
  for (const kept of ['e2e', 'screenshots', 'e2e.json']) {
    rmSync(join(resultsFolder, kept), { recursive: true, force: true });
    if (existsSync(join(results, kept))) cpSync(join(results, kept), join(resultsFolder, kept), { recursive: true });
  }
  const report = JSON.parse(readFileSync(join(results, 'e2e.json'), 'utf8'));
  return { ...confirmed(countsOfPlaywright(report), exitCode), failures: failuresOfPlaywright(report) };
}

/**
 * A test that failed can leave a mount behind; nothing is deleted through one.
 * @param {string} folder
 */
async function removeFolder(folder) {
  await run('rm', ['-rf', '--one-file-system', folder]).catch(() => undefined);
}
