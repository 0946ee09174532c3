import { writeFileSync } from 'node:fs';

/**
 * A reporter of vitest that keeps what was thrown beside all tests: the JSON report leaves it out, and yet the run has failed.
 * Writes a list of `{ name, message }` to the file that `CAVERN_UNHANDLED_ERRORS` names.
 */
// vitest loads the default export of a reporter's file.
export default class UnhandledErrors {
  /**
   * @param {readonly unknown[]} _modules
   * @param {readonly { message: string, stack?: string, VITEST_TEST_PATH?: string }[]} errors
   */
  onTestRunEnd(_modules, errors) {
    const file = process.env.CAVERN_UNHANDLED_ERRORS;
    if (file === undefined) return;
    const kept = errors.map(({ message, stack, VITEST_TEST_PATH: name }) => ({ name, message: stack ?? message }));
    writeFileSync(file, JSON.stringify(kept));
  }
}
