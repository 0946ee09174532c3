/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @type {Counts} */
export const nothing = { passed: 0, failed: 0, skipped: 0 };

/**
 * A check that is not made of tests counts as one.
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countOfCheck(exitCode) {
  return exitCode === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 };
}

/**
 * The counts in vitest's JSON report. A file that fails without a failed test, because it does not load, is one failure.
 * @param {{ testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {Counts}
 */
export function countsOfVitest(report) {
  return report.testResults.map(countsOfFile).reduce(add, nothing);
}

/**
 * @param {{ status: string, assertionResults: { status: string }[] }} file
 * @returns {Counts}
 */
function countsOfFile(file) {
  const of = (/** @type {string[]} */ ...statuses) =>
    file.assertionResults.filter((test) => statuses.includes(test.status)).length;
  const failed = of('failed');
  return {
    passed: of('passed'),
    failed: file.status === 'failed' && failed === 0 ? 1 : failed,
    skipped: of('pending', 'skipped', 'todo', 'disabled'),
  };
}

/**
 * The counts in Playwright's JSON report. A test that passed only when repeated has failed, and so has a report with an error of its own.
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors?: unknown[] }} report
 * @returns {Counts}
 */
export function countsOfPlaywright({ stats, errors = [] }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped };
}

/**
 * The counts of a runner that said how its tests went, checked against how it ended: one that fails without a failed test is a failure.
 * @param {Counts} counts
 * @param {number} exitCode
 * @returns {Counts}
 */
export function confirmed(counts, exitCode) {
  const unexplained = exitCode !== 0 && counts.failed === 0;
  const empty = counts.passed + counts.failed + counts.skipped === 0;
  return unexplained || empty ? { ...counts, failed: counts.failed + 1 } : counts;
}

/**
 * @param {Counts} left
 * @param {Counts} right
 * @returns {Counts}
 */
export function add(left, right) {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}

/**
 * The last line of a test run. What was skipped was not shown to work, so it has failed.
 * @param {Counts} counts
 */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed + skipped} failed`;
}
