import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { add, lastLine, nothing } from './counts.mjs';

/** @typedef {{ write: (text: string) => unknown }} Output */

/** What a suite prints that runs alone, or first of several at the same time. */
const standardError = 2;

/**
 * Runs every suite, also after one has failed, and ends with the one line that says how all of them went.
 * @param {readonly (readonly import('./suites.mjs').Suite[])[]} groups in order; what is in one group runs at the same time
 * @param {{ stdout?: Output, stderr?: Output }} [outputs]
 * @returns {Promise<number>} the exit code: 0 when all passed and nothing was skipped
 */
export async function runSuites(groups, { stdout = process.stdout, stderr = process.stderr } = {}) {
  const summary = [];
  const failures = [];
  let total = nothing;
  for (const group of groups) {
    stderr.write(`\n── ${group.map(({ name }) => name).join(' · beside it: ')}\n`);
    const ended = await Promise.all(
      group.map((suite, at) => (at === 0 ? inSight(suite, stderr) : aside(suite, stderr))),
    );
    for (const { name, outcome, seconds } of ended) {
      const { failures: failed = [], ...counts } = outcome;
      failures.push(...failed.map((failure) => `✗ ${name} › ${failure}\n`));
      total = add(total, counts);
      const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
      const mark = counts.failed + counts.skipped === 0 ? '✓' : '✗';
      summary.push(`${mark} ${name}: ${counts.passed} passed, ${counts.failed} failed${skipped} … ${seconds} s\n`);
    }
  }
  // Last, where it is found at once, also in the end of a log that was cut.
  stderr.write(`\n${summary.join('')}${failures.join('')}`);
  stdout.write(`${lastLine(total)}\n`);
  return total.failed + total.skipped === 0 && total.passed > 0 ? 0 : 1;
}

/**
 * @param {import('./suites.mjs').Suite} suite
 * @param {Output} stderr
 */
async function inSight(suite, stderr) {
  return timed(suite, { output: standardError, stderr });
}

/**
 * What it prints is shown once it has ended: the lines of two suites cannot be read among each other.
 * @param {import('./suites.mjs').Suite} suite
 * @param {Output} stderr
 */
async function aside(suite, stderr) {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-suite-'));
  const log = join(folder, 'output');
  const output = openSync(log, 'w');
  try {
    const ended = await timed(suite, { output, stderr });
    stderr.write(`\n── ${suite.name}\n${readFileSync(log, 'utf8')}`);
    return ended;
  } finally {
    closeSync(output);
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {import('./suites.mjs').Suite} suite
 * @param {{ output: number, stderr: Output }} streams
 */
async function timed(suite, { output, stderr }) {
  const startedMs = performance.now();
  const outcome = await outcomeOf(suite, { output, stderr });
  return { name: suite.name, outcome, seconds: ((performance.now() - startedMs) / 1000).toFixed(1) };
}

/**
 * @param {import('./suites.mjs').Suite} suite
 * @param {{ output: number, stderr: Output }} streams
 * @returns {Promise<import('./suites.mjs').Outcome>}
 */
async function outcomeOf(suite, { output, stderr }) {
  try {
    return await suite.run(output);
  } catch (error) {
    stderr.write(`Cannot run ${suite.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return { ...nothing, failed: 1 };
  }
}
