import { writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runSuites } from './run-suites.mjs';

/** @param {import('./suites.mjs').Suite[]} suites */
async function outcomeOf(suites) {
  const lines = /** @type {string[]} */ ([]);
  const silent = { write: () => true };
  const exitCode = await runSuites(
    suites.map((suite) => [suite]),
    { stdout: { write: (text) => lines.push(text) }, stderr: silent },
  );
  return { exitCode, lines };
}

describe('a test run', () => {
  const good = { name: 'good', run: async () => ({ passed: 3, failed: 0, skipped: 0 }) };

  it('passes when everything passed', async () => {
    expect(await outcomeOf([good, good])).toEqual({ exitCode: 0, lines: ['6 passed, 0 failed\n'] });
  });

  it('goes on after a suite that could not be run, and fails', async () => {
    const broken = { name: 'broken', run: () => Promise.reject(new Error('no screen')) };
    expect(await outcomeOf([broken, good])).toEqual({ exitCode: 1, lines: ['3 passed, 1 failed\n'] });
  });

  it('says what failed once more at its end', async () => {
    const stderr = /** @type {string[]} */ ([]);
    const failing = { name: 'failing', run: async () => ({ passed: 0, failed: 1, skipped: 0, failures: ['a › b'] }) };
    await runSuites([[failing], [good]], {
      stdout: { write: () => true },
      stderr: { write: (text) => stderr.push(text) },
    });
    expect(stderr.at(-1)).toMatch(/✓ good: .*\n✗ failing › a › b\n$/);
  });

  it('counts all that run at the same time, and shows what they print one after another', async () => {
    const stderr = /** @type {string[]} */ ([]);
    let began = () => {};
    const together = new Promise((done) => (began = () => done(undefined)));
    const first = {
      name: 'first',
      async run() {
        await together;
        return { passed: 1, failed: 0, skipped: 0 };
      },
    };
    const second = {
      name: 'second',
      async run(/** @type {number} */ output) {
        writeSync(output, 'said by the second\n');
        began();
        return { passed: 0, failed: 1, skipped: 0 };
      },
    };
    const lines = /** @type {string[]} */ ([]);
    const outputs = {
      stdout: { write: (/** @type {string} */ text) => lines.push(text) },
      stderr: { write: (/** @type {string} */ text) => stderr.push(text) },
    };
    expect([await runSuites([[first, second]], outputs), lines]).toEqual([1, ['1 passed, 1 failed\n']]);
    expect(stderr.join('')).toMatch(/── second\nsaid by the second\n[^]*✓ first: .*\n✗ second: /);
  });

  it('fails when a test was skipped', async () => {
    const skipping = { name: 'skipping', run: async () => ({ passed: 1, failed: 0, skipped: 1 }) };
    expect(await outcomeOf([skipping])).toEqual({ exitCode: 1, lines: ['1 passed, 1 failed\n'] });
  });

  it('fails when nothing ran', async () => {
    expect(await outcomeOf([])).toEqual({ exitCode: 1, lines: ['0 passed, 0 failed\n'] });
  });
});
