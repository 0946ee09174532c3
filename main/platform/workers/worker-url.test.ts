import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { workerUrl } from './worker-url.ts';

test('a worker is its source where the program runs from sources', () => {
  expect(existsSync(workerUrl({ folder: 'sqlite', name: 'database-worker' }))).toBe(true);
});

test('a worker lies in out/main/workers wherever the bundle that starts it lies', () => {
  const name = { folder: 'sqlite', name: 'database-worker' };
  const url = 'file:///opt/cavern/out/main/workers/database-worker.js';
  expect(workerUrl(name, 'file:///opt/cavern/out/main/index.js').href).toBe(url);
  expect(workerUrl(name, 'file:///opt/cavern/out/cli/index.js').href).toBe(url);
});
