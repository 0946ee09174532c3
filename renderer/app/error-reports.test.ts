import { expect, test } from 'vitest';
import { ErrorReports } from './error-reports.ts';

test('errors that nobody caught are reported, five of a page at most, cut where they are long', () => {
  const reported: { message: string; stack?: string }[] = [];
  const client = {
    diagnostics: {
      report: async (report: { message: string; stack?: string }) => {
        reported.push(report);
        return {};
      },
    },
  };
  // Only what is called is there.
  const reports = new ErrorReports(client as unknown as ConstructorParameters<typeof ErrorReports>[0]);
  const page = new EventTarget();
  reports.listen(page);
  page.dispatchEvent(Object.assign(new Event('error'), { error: new TypeError('x'.repeat(3000)) }));
  page.dispatchEvent(Object.assign(new Event('unhandledrejection'), { reason: 'a text' }));
  for (let count = 0; count < 10; count += 1) reports.write(new Error('again'));
  expect(reported.map(({ message }) => message.slice(0, 16))).toEqual([
    'TypeError: xxxxx',
    'Error: a text',
    'Error: again',
    'Error: again',
    'Error: again',
  ]);
  expect(reported[0]?.message.length).toBe(2000);
});
