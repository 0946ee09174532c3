import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packagedFolder } from '../dist/package-app.mjs';
import { run } from '../setup/command.mjs';
import { checkout } from '../setup/folders.mjs';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { add, confirmed, countsOfPlaywright } from './counts.mjs';
import { copyForUser, readableCheckout, testUser } from './e2e-user.mjs';
import { failuresOfPlaywright } from './failures.mjs';
import { resultsFolder, runToEnd } from './suites.mjs';
import { openVirtualScreen } from './virtual-screen.mjs';

/** Two apps, because the half of a test's time is spent waiting; those that measure the window itself have the machine for themselves. */
const passes = {
  beside: { apps: 2, args: ['--grep-invert', '@alone'] },
  alone: { apps: 1, args: ['--grep', '@alone'] },
};

/**
 * Runs the end-to-end tests on the packaged app, on a screen of their own, as an ordinary user with Chromium's sandbox on.
 * @returns {Promise<import('./suites.mjs').Outcome>}
 */
export async function runEndToEnd() {
  for (const former of ['e2e', 'screenshots']) rmSync(join(resultsFolder, former), { recursive: true, force: true });
  const user = await testUser();
  try {
    const app = await copyForUser({ app: packagedFolder(), user });
    const tests = await readableCheckout(user);
    const beside = await runPass('beside', { user, app, tests });
    const alone = await runPass('alone', { user, app, tests });
    const counts = add(beside.counts, alone.counts);
    return {
      ...confirmed(counts, Math.max(beside.exitCode, alone.exitCode)),
      failures: [...beside.failures, ...alone.failures],
    };
  } finally {
    await removeFolder(user.folder);
  }
}

/**
 * @typedef {{ user: import('./e2e-user.mjs').TestUser, app: string, tests: string }} Setting
 * @param {keyof typeof passes} name
 * @param {Setting} setting
 */
async function runPass(name, setting) {
  const { apps } = passes[name];
  const options = { folder: setting.user.folder, as: setting.user.prefix };
  const screens = [];
  try {
    while (screens.length < apps) screens.push(await openVirtualScreen(options));
    return await runPlaywright(name, { ...setting, screens: screens.map(({ env }) => env) });
  } finally {
    for (const screen of screens) screen.close();
  }
}

/**
 * @param {keyof typeof passes} pass
 * @param {Setting & { screens: readonly { DISPLAY: string, XAUTHORITY: string }[] }} setting
 */
async function runPlaywright(pass, { user, app, tests, screens }) {
  const results = join(user.folder, 'results', pass);
  const cli = join(tests, 'node_modules', '@playwright', 'test', 'cli.js');
  const config = join(tests, 'e2e', 'playwright.config.ts');
  const node = pinnedNode.replace(checkout, tests);
  const chosen = process.env.CAVERN_E2E_FILES?.split(' ') ?? [];
  const args = ['test', '-c', config, '--pass-with-no-tests', ...passes[pass].args, ...chosen];
  const exitCode = await runToEnd([...user.prefix, node, cli, ...args], {
    ...process.env,
    ...screens[0],
    CAVERN_SCREENS: screens.map(({ DISPLAY }) => DISPLAY).join(','),
    HOME: user.home,
    TMPDIR: user.folder,
    CAVERN_APP: join(app, 'cavern'),
    CAVERN_TEST_RESULTS: results,
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
  });
  keepResults(results, pass);
  const report = JSON.parse(readFileSync(join(results, 'e2e.json'), 'utf8'));
  return { counts: countsOfPlaywright(report), failures: failuresOfPlaywright(report), exitCode };
}

/**
 * @param {string} results of one pass
 * @param {string} pass
 */
function keepResults(results, pass) {
  mkdirSync(resultsFolder, { recursive: true });
  const keep = (/** @type {string} */ made, /** @type {string} */ kept) => {
    if (existsSync(join(results, made))) cpSync(join(results, made), join(resultsFolder, kept), { recursive: true });
  };
  keep('e2e', join('e2e', pass));
  keep('screenshots', 'screenshots');
  keep('e2e.json', `e2e-${pass}.json`);
}

/**
 * A test that failed can leave a mount behind; nothing is deleted through one.
 * @param {string} folder
 */
async function removeFolder(folder) {
  await run('rm', ['-rf', '--one-file-system', folder]).catch(() => undefined);
}
