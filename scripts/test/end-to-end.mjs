import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { packagedFolder } from '../dist/package-app.mjs';
import { run } from '../setup/command.mjs';
import { checkout } from '../setup/folders.mjs';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { confirmed, countsOfPlaywright } from './counts.mjs';
import { copyForUser, readableCheckout, testUser } from './e2e-user.mjs';
import { failuresOfPlaywright } from './failures.mjs';
import { resultsFolder, runToEnd } from './suites.mjs';
import { openVirtualScreen } from './virtual-screen.mjs';

/** @typedef {{ name: string, projects: readonly string[], output: number }} Chosen `projects` of the configuration; the reports are kept under the name */

/**
 * Runs end-to-end tests on the packaged app, on a screen of their own, as an ordinary user with Chromium's sandbox on.
 * @param {Chosen} chosen
 * @returns {Promise<import('./suites.mjs').Outcome>}
 */
export async function runEndToEnd(chosen) {
  const user = await testUser();
  try {
    const app = await copyForUser({ app: packagedFolder(), user });
    const tests = await readableCheckout(user);
    const screen = await openVirtualScreen({ folder: user.folder, as: user.prefix });
    try {
      return await runPlaywright({ user, app, tests, screen: screen.env }, chosen);
    } finally {
      screen.close();
    }
  } finally {
    await removeFolder(user.folder);
  }
}

/**
 * @param {{ user: import('./e2e-user.mjs').TestUser, app: string, tests: string, screen: NodeJS.ProcessEnv }} place
 * @param {Chosen} chosen
 */
async function runPlaywright({ user, app, tests, screen }, { name, projects, output }) {
  const results = join(user.folder, 'results');
  const cli = join(tests, 'node_modules', '@playwright', 'test', 'cli.js');
  const config = join(tests, 'e2e', 'playwright.config.ts');
  const node = pinnedNode.replace(checkout, tests);
  // Files that somebody names are run, whatever suite they belong to.
  const args = process.env.CAVERN_E2E_FILES?.split(' ') ?? projects.flatMap((project) => ['--project', project]);
  const exitCode = await runToEnd([...user.prefix, node, cli, 'test', '-c', config, ...args], {
    env: {
      ...process.env,
      ...screen,
      HOME: user.home,
      TMPDIR: user.folder,
      CAVERN_APP: join(app, 'cavern'),
      CAVERN_TEST_RESULTS: results,
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    },
    output,
  });
  keepResults(results, name);
  const report = JSON.parse(readFileSync(join(results, 'e2e.json'), 'utf8'));
  return { ...confirmed(countsOfPlaywright(report), exitCode), failures: failuresOfPlaywright(report) };
}

/**
 * Puts pictures, traces and figures beside those of this run's other end-to-end tests, and the report under the name; what an earlier run left goes.
 * @param {string} results
 * @param {string} name
 */
function keepResults(results, name) {
  for (const kept of ['e2e', 'screenshots']) {
    const folder = join(resultsFolder, kept);
    const former = existsSync(folder) ? readdirSync(folder).map((entry) => join(folder, entry)) : [];
    for (const entry of former)
      if (statSync(entry).mtimeMs < performance.timeOrigin) rmSync(entry, { recursive: true });
    if (existsSync(join(results, kept))) cpSync(join(results, kept), folder, { recursive: true });
  }
  cpSync(join(results, 'e2e.json'), join(resultsFolder, `${name.replaceAll(/\W+/g, '-')}.json`));
}

/**
 * A test that failed can leave a mount behind; nothing is deleted through one.
 * @param {string} folder
 */
async function removeFolder(folder) {
  await run('rm', ['-rf', '--one-file-system', folder]).catch(() => undefined);
}
