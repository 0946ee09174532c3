import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const isRoot = process.getuid?.() === 0;
const isLong = process.env['CAVERN_LONG'] === '1';

// Much of the time is spent waiting for disks and processes: one file for each core, the smallest machine two.
const maxWorkers = Math.max(2, availableParallelism());
// A guard against hanging, as those of the tests: Vitest's own second is too short for a busy machine.
const expect = { poll: { timeout: 30_000 } };

/** `npm test` runs both projects; `engine` needs a container engine and runs one file at a time. */
export default defineConfig({
  test: {
    maxWorkers,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{main,schema,preload,plugins,renderer,scripts,bench,docs,e2e}/**/*.test.{ts,tsx,mjs}'],
          exclude: ['**/node_modules/**', '**/*.engine.test.{ts,mjs}', ...(isRoot ? [] : ['**/*.root.test.ts'])],
          // A guard against hanging: on a busy machine what takes one second takes twenty.
          expect,
          testTimeout: isLong ? 1_800_000 : 60_000,
        },
      },
      {
        test: {
          name: 'engine',
          include: ['{main,plugins,docs,scripts}/**/*.engine.test.{ts,mjs}'],
          exclude: ['**/node_modules/**', ...(isLong ? [] : ['**/*.long.engine.test.ts'])],
          globalSetup: ['main/platform/container-engine/testing/podman-check.ts'],
          expect,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
