import { join } from 'node:path';
import { env } from 'node:process';
import { defineConfig } from '@playwright/test';
import { resultsFolder } from './fixtures/results.ts';

/** The one that takes as long as it is given. */
const GROWTH = 'growth.spec.ts';
/** Nothing in them is measured in time: `npm test` runs them beside the tests on the engine. */
const BESIDE = [
  'appearance',
  'approvals',
  'bad-days',
  'changes',
  'installed',
  'keys',
  'plugin-updates',
  'plugins',
  'policy',
  'ports',
  'sandbox',
  'secrets',
  'session',
  'settings',
  'terminal-pictures',
  'tools',
].map((name) => `${name}.spec.ts`);
// What takes minutes: not skipped, which counts as failed, but left out.
const LEFT_OUT = env.CAVERN_LONG === '1' ? [] : ['*.long.spec.ts'];

/** One app at a time: each test starts the packaged app on a home of its own. */
const config = defineConfig({
  testDir: './specs',
  projects: [
    { name: 'growth', testMatch: GROWTH },
    { name: 'beside', testMatch: BESIDE },
    { name: 'alone', testMatch: '*.spec.ts', testIgnore: [GROWTH, ...BESIDE, ...LEFT_OUT] },
  ],
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  retries: 0,
  forbidOnly: env.CI !== undefined,
  outputDir: join(resultsFolder, 'e2e'),
  reporter: [['list'], ['json', { outputFile: join(resultsFolder, 'e2e.json') }]],
});

// Playwright reads the default export of its configuration.
export default config;
