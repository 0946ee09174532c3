import { join } from 'node:path';
import { env } from 'node:process';
import { defineConfig } from '@playwright/test';
import { resultsFolder } from './fixtures/results.ts';

/** One app at a time: each test starts the packaged app on a home of its own. */
const config = defineConfig({
  testDir: './specs',
  testMatch: '*.spec.ts',
  // What takes minutes: not skipped, which counts as failed, but left out.
  testIgnore: env.CAVERN_LONG === '1' ? [] : '*.long.spec.ts',
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
