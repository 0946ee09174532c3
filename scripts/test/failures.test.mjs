import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from '../setup/folders.mjs';
import { failuresBesideTests, failuresOfPlaywright, failuresOfVitest } from './failures.mjs';

describe('failures', () => {
  it('of vitest are named by file and test, with the beginning of why', () => {
    const failed = {
      status: 'failed',
      fullName: 'a thing works',
      failureMessages: ['\u001b[31mError\u001b[39m: no\n at x'],
    };
    const report = {
      testResults: [
        {
          name: join(checkout, 'a.test.ts'),
          status: 'failed',
          assertionResults: [{ ...failed }, { status: 'passed', fullName: 'b' }],
        },
        { name: join(checkout, 'c.test.ts'), status: 'failed', message: 'does not load', assertionResults: [] },
        { name: join(checkout, 'd.test.ts'), status: 'passed', assertionResults: [] },
      ],
    };
    expect(failuresOfVitest(report)).toEqual([
      'a.test.ts › a thing works\n    Error: no\n     at x',
      'c.test.ts\n    does not load',
    ]);
  });

  it('beside all tests are named by the file that ran meanwhile', () => {
    const errors = [{ name: join(checkout, 'a.test.ts'), message: 'Error: late\n at x' }, { message: 'gone' }];
    expect(failuresBesideTests(errors)).toEqual([
      'a.test.ts › beside its tests\n    Error: late\n     at x',
      'the run › beside its tests\n    gone',
    ]);
  });

  it('of Playwright are found at any depth, flaky ones and errors of the run among them', () => {
    const spec = (/** @type {string} */ title, /** @type {string} */ status) => ({
      title,
      file: 'x.spec.ts',
      tests: [{ status, results: [{ error: { message: 'gone' } }] }],
    });
    const report = {
      suites: [{ title: 'x', specs: [spec('a', 'expected')], suites: [{ title: 'y', specs: [spec('b', 'flaky')] }] }],
      errors: [{}],
    };
    expect(failuresOfPlaywright(report)).toEqual(['x.spec.ts › b\n    gone', 'the run\n    no reason given']);
  });
});
