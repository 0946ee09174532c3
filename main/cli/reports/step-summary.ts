import { type ChangeSummary, failureOf, type RunReport, tailOf, type TestOutcome } from './run-report.ts';

const ROW_LIMIT = 200;
const TAIL_CHARACTERS = 8000;

/** A fence or a code span that nothing inside can end: one backtick more than the longest run of them. */
function fence(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(Math.max(least, longest + 1));
}

/** A piece of text as it is, within a line of a table. */
function code(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim();
  const mark = fence(line, 1);
  const room = line.startsWith('`') || line.endsWith('`') || line === '' ? ' ' : '';
  return `${mark}${room}${line}${room}${mark}`;
}

function folded(title: string, text: string): string {
  if (text.trim() === '') return '';
  // oxlint-disable-next-line no-control-regex -- colours of a terminal are taken out
  const plain = tailOf(text, TAIL_CHARACTERS).replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '');
  const mark = fence(plain, 3);
  return `\n<details><summary>${title}</summary>\n\n${mark}text\n${plain.trimEnd()}\n${mark}\n\n</details>\n`;
}

function limited(rows: readonly string[], what: string): string {
  const more = rows.length - ROW_LIMIT;
  return `${rows.slice(0, ROW_LIMIT).join('')}${more > 0 ? `\n… and ${more} more ${what}\n` : ''}`;
}

function changeRows({ added, modified, deleted, renamed }: ChangeSummary): string[] {
  return [
    ...added.map((path) => `| added | ${code(path)} |\n`),
    ...modified.map((path) => `| modified | ${code(path)} |\n`),
    ...deleted.map((path) => `| deleted | ${code(path)} |\n`),
    ...renamed.map(({ from, path }) => `| renamed | ${code(from)} → ${code(path)} |\n`),
  ];
}

function failedRow({ name, file = '', message = '' }: TestOutcome): string {
  return `| ${code(name)} | ${file === '' ? '' : code(file)} | ${code(message.split('\n')[0] ?? '')} |\n`;
}

/** A summary in Markdown, of the form that GitHub shows under a job. */
export function stepSummary(report: RunReport): string {
  const { session, command, exitCode, durationMs, exceeded, tests, changes } = report;
  const failure = failureOf(report);
  const facts = [
    ['command', code(command.join(' '))],
    ['exit code', String(exitCode)],
    ['time', `${(durationMs / 1000).toFixed(1)} s`],
    ['session', code(session)],
    ...(exceeded.length === 0 ? [] : [['limits that were met', exceeded.join(', ')]]),
    ...(tests === undefined
      ? []
      : [
          [
            'tests',
            `${tests.totals.passed} passed, ${tests.totals.failed} failed, ${tests.totals.skipped} skipped (${tests.framework})`,
          ],
        ]),
  ];
  const failed = (tests?.tests ?? []).filter(({ state }) => state === 'failed').map(failedRow);
  const rows = changeRows(changes);
  return [
    `## ${failure === undefined ? '✅' : '❌'} cavern run${failure === undefined ? '' : `: ${failure}`}\n\n`,
    `| | |\n| --- | --- |\n${facts.map(([name, value]) => `| ${name} | ${value} |\n`).join('')}`,
    failed.length === 0
      ? ''
      : `\n### Failed tests\n\n| test | file | why |\n| --- | --- | --- |\n${limited(failed, 'tests')}`,
    rows.length === 0 ? '\nNo changes.\n' : `\n### Changes\n\n| | path |\n| --- | --- |\n${limited(rows, 'paths')}`,
    folded('Standard output', report.stdout),
    folded('Standard error', report.stderr),
  ].join('');
}
