import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { checkout } from '../setup/folders.mjs';

const shownLines = 6;

/**
 * What failed in vitest's JSON report, and the beginning of why.
 * @param {{ testResults: { name: string, status: string, message?: string, assertionResults: { status: string, fullName: string, failureMessages?: string[] | null }[] }[] }} report
 * @returns {string[]}
 */
export function failuresOfVitest(report) {
  return report.testResults.flatMap((file) => {
    const name = relative(checkout, file.name);
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0) return file.status === 'failed' ? [shown(name, file.message)] : [];
    return failed.map((test) => shown(`${name} › ${test.fullName}`, test.failureMessages?.[0]));
  });
}

/**
 * What was thrown beside all tests, as the reporter `unhandled-errors.mjs` kept it.
 * @param {readonly { name?: string, message: string }[]} errors
 * @returns {string[]}
 */
export function failuresBesideTests(errors) {
  return errors.map(({ name, message }) => {
    const place = name === undefined ? 'the run' : relative(checkout, name);
    return shown(`${place} › beside its tests`, message);
  });
}

/**
 * @typedef {{ title: string, file?: string, specs?: Spec[], suites?: SpecSuite[] }} SpecSuite
 * @typedef {{ title: string, file: string, tests: { status: string, results: { error?: { message?: string } }[] }[] }} Spec
 */

/**
 * What failed in Playwright's JSON report, and the beginning of why.
 * @param {{ suites?: SpecSuite[], errors?: { message?: string }[] }} report
 * @returns {string[]}
 */
export function failuresOfPlaywright({ suites = [], errors = [] }) {
  const specs = suites.flatMap(specsOf);
  const failed = specs.flatMap(({ title, file, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ results }) => shown(`${file} › ${title}`, results.find((result) => result.error)?.error?.message)),
  );
  return [...failed, ...errors.map(({ message }) => shown('the run', message))];
}

/**
 * @param {SpecSuite} suite
 * @returns {Spec[]}
 */
function specsOf({ specs = [], suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}

/**
 * @param {string} name
 * @param {string | undefined} message
 */
function shown(name, message = 'no reason given') {
  const lines = stripVTControlCharacters(message).trim().split('\n').slice(0, shownLines);
  return [name, ...lines.map((line) => `    ${line}`)].join('\n');
}
