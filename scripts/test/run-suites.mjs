import { performance } from 'node:perf_hooks';
import { add, lastLine, nothing } from './counts.mjs';

/** @typedef {{ write: (text: string) => unknown }} Output */

/**
 * Runs every suite, also after one has failed, and ends with the one line that says how all of them went.
 * @param {readonly import('./suites.mjs').Suite[]} suites
 * @param {{ stdout?: Output, stderr?: Output }} [outputs]
 * @returns {Promise<number>} the exit code: 0 when all passed and nothing was skipped
 */
export async function runSuites(suites, { stdout = process.stdout, stderr = process.stderr } = {}) {
  const summary = [];
  const failures = [];
  let total = nothing;
  for (const suite of suites) {
    stderr.write(`\n── ${suite.name}\n`);
    const startedMs = performance.now();
    const { failures: failed = [], ...counts } = await countsOf(suite, stderr);
    failures.push(...failed.map((failure) => `✗ ${suite.name} › ${failure}\n`));
    total = add(total, counts);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
    const mark = counts.failed + counts.skipped === 0 ? '✓' : '✗';
    summary.push(`${mark} ${suite.name}: ${counts.passed} passed, ${counts.failed} failed${skipped} … ${seconds} s\n`);
  }
  // Last, where it is found at once, also in the end of a log that was cut.
  stderr.write(`\n${summary.join('')}${failures.join('')}`);
  stdout.write(`${lastLine(total)}\n`);
  return total.failed + total.skipped === 0 && total.passed > 0 ? 0 : 1;
}

/**
 * @param {import('./suites.mjs').Suite} suite
 * @param {Output} stderr
 * @returns {Promise<import('./suites.mjs').Outcome>}
 */
async function countsOf(suite, stderr) {
  try {
    return await suite.run();
  } catch (error) {
    stderr.write(`Cannot run ${suite.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return { ...nothing, failed: 1 };
  }
}
