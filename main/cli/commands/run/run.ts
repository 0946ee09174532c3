import { resolve } from 'node:path';
import type { Areas } from '../../../../schema/contract/areas.ts';
import type { Client } from '../../../../schema/contract/contract.ts';
import type { ExceededLimit } from '../../../../schema/contract/sandbox.ts';
import type { Change, SessionId } from '../../../../schema/entities.ts';
import { Fault, toFault } from '../../../../schema/fault.ts';
import { type Command, type CommandContext, isSet, type Result, stringOf } from '../../command.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { flag, value } from '../../option.ts';
import { errorDocument, errorText, usageFault } from '../../output/print.ts';
import { styleOf } from '../../output/style.ts';
import type { ChangeSummary } from '../../reports/run-report.ts';
import { Capture } from './capture.ts';
import { execute, type Outcome, runTests } from './execute.ts';
import { type ReportOrder, reportOrder, shown, writeReports } from './report-order.ts';

const USAGE =
  'run [DIR] [--profile P] [--sandbox S] [--timeout MS] [--stdin] [--keep] [--junit FILE] [--summary FILE] [--github] (-- CMD… | --tests [--yes])';
/** What the document holds of each stream; a terminal sees all of it. */
const CAPTURE_LIMIT_BYTES = 64 * 1024 * 1024;

function summarise(changes: readonly Change[]): ChangeSummary {
  const paths = (kind: Change['kind']): string[] =>
    changes.filter((change) => change.kind === kind).map((change) => change.path);
  return {
    added: paths('added'),
    modified: paths('modified'),
    deleted: paths('deleted'),
    renamed: changes.flatMap((change) => (change.from === undefined ? [] : [{ from: change.from, path: change.path }])),
  };
}

async function changesOf(client: Client<Areas>, session: SessionId): Promise<ChangeSummary> {
  const { changes } = await client.changes.list({ session });
  return summarise(changes);
}

function summaryText(changes: ChangeSummary, session: string): string {
  const counts = [
    [changes.added.length, 'added'],
    [changes.modified.length, 'modified'],
    [changes.deleted.length, 'deleted'],
    [changes.renamed.length, 'renamed'],
  ] as const;
  const said = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  if (said.length === 0) return `session ${session}: no changes\n`;
  return `session ${session}: ${said.join(', ')}\n  review: cavern changes list ${session}\n  merge:  cavern changes merge ${session}\n`;
}

const LIMITS: Record<ExceededLimit, string> = {
  memory: 'memory: processes were ended',
  processes: 'processes and threads: new ones were refused',
  fileSize: 'the size of a file',
  time: 'time',
};

function exceededText(exceeded: readonly ExceededLimit[]): string {
  return exceeded.map((limit) => `the command met a limit of its sandbox: ${LIMITS[limit]}\n`).join('');
}

function testsText({ tests }: Outcome): string {
  if (tests === undefined) return '';
  const { passed, failed, skipped } = tests.totals;
  const names = tests.tests.filter(({ state }) => state === 'failed').map(({ name }) => `  ✗ ${name}\n`);
  return `${names.join('')}tests: ${passed} passed, ${failed} failed, ${skipped} skipped\n`;
}

/** What is wrong with the line is said before a sandbox is started for it. */
function checkLine(context: CommandContext): void {
  const isTests = isSet(context, 'tests');
  if (context.rest.length === 0 && !isTests) throw usageFault('Cannot run: the command is missing', USAGE);
  if (context.rest.length > 0 && isTests) throw usageFault('Cannot run: --tests takes the place of a command', USAGE);
  if (isTests && isSet(context, 'stdin')) throw usageFault('Cannot run: tests get no standard input', USAGE);
  const timeout = stringOf(context, 'timeout');
  if (timeout !== undefined && !/^[1-9]\d*$/.test(timeout)) {
    throw usageFault('Cannot run: --timeout takes milliseconds', USAGE);
  }
}

interface Ended {
  readonly session: SessionId;
  readonly outcome: Outcome | Fault;
  readonly captures: Readonly<Record<'stdout' | 'stderr', Capture>>;
  readonly changes: ChangeSummary;
}

/** A sandbox on the workspace, what was asked for in it, and what it changed; the sandbox goes, the session stays. */
async function runInSandbox(context: CommandContext, order: ReportOrder): Promise<Ended> {
  const client = await context.connect();
  const [profile, sandbox] = [stringOf(context, 'profile'), stringOf(context, 'sandbox')];
  const workspace = resolve(context.positionals[0] ?? '.');
  context.progress.say('starting a sandbox');
  const { id: session } = await client.session.create(
    { workspace, ...(profile === undefined ? {} : { profile }), ...(sandbox === undefined ? {} : { sandbox }) },
    { signal: context.signal },
  );
  context.progress.clear();
  const limitBytes = context.json ? CAPTURE_LIMIT_BYTES : 0;
  const captures = { stdout: new Capture(limitBytes), stderr: new Capture(limitBytes) };
  const work = isSet(context, 'tests') ? runTests : execute;
  const outcome = await shown(context, order, (live) =>
    work(client, session, {
      context,
      sink: (stream, chunk) => {
        captures[stream].take(chunk);
        return live(stream, chunk);
      },
    }),
  ).catch((thrown: unknown) =>
    context.signal.aborted ? new Fault('cancelled', 'Interrupted', { cause: thrown }) : toFault(thrown),
  );
  const changes = await changesOf(client, session).finally(async () => {
    if (!isSet(context, 'keep')) await client.session.stop({ session });
  });
  return { session, outcome, captures, changes };
}

function report({ session, outcome, captures, changes }: Ended, context: CommandContext, order: ReportOrder): void {
  const failed = { exitCode: 1, timedOut: false, durationMs: 0, command: context.rest, exceeded: [], tests: undefined };
  const { exceeded = [], ...rest } = outcome instanceof Fault ? { ...failed, failure: outcome.message } : outcome;
  const ends = { stdout: captures.stdout.end, stderr: captures.stderr.end };
  const workspace = resolve(context.positionals[0] ?? '.');
  writeReports(order, { session, workspace, changes, exceeded, ...ends, ...rest }, context);
}

function resultOf({ session, outcome, captures, changes }: Ended, context: CommandContext): Result {
  const { stdout, stderr } = captures;
  const streams = { stdout: stdout.text, stderr: stderr.text };
  if (outcome instanceof Fault) {
    if (!context.json) context.stderr.write(errorText(outcome, styleOf(context.stderr, context.env)));
    const document = { session, ...errorDocument(outcome), ...streams, changes };
    return { document, text: '', exitCode: exitCodeOf(outcome) };
  }
  const { exitCode, timedOut, exceeded = [], durationMs, tests } = outcome;
  if (!context.json) {
    context.stderr.write(testsText(outcome) + summaryText(changes, session) + exceededText(exceeded));
  }
  const document = {
    session,
    exitCode,
    timedOut,
    exceeded,
    durationMs,
    ...streams,
    ...(stdout.truncated || stderr.truncated ? { truncated: true } : {}),
    ...(tests === undefined ? {} : { tests }),
    changes,
  };
  return { document, text: '', exitCode };
}

export const run: Command = {
  words: ['run'],
  usage: USAGE,
  about: 'Run a command or the tests in a sandbox on a workspace, with live output, then show what it changed',
  options: {
    profile: { ...value('profile', 'The profile of the sandbox'), from: 'environment' },
    sandbox: { ...value('text', 'A sandbox that cave.yaml names'), from: 'environment' },
    timeout: { ...value('number', 'End the command after so many milliseconds'), from: 'project' },
    stdin: flag('Hand standard input to the command'),
    keep: { ...flag('Keep the sandbox after the command'), from: 'project' },
    tests: flag('Run the tests that the test tool finds, in place of a command'),
    yes: flag('Answer a request for review of --tests with yes; that is recorded'),
    junit: value('file', 'Write a report in the form of JUnit: the tests, or the command as one'),
    summary: value('file', 'Write a summary in Markdown'),
    github: flag('As a step of a GitHub workflow: add the summary to the job’s, annotate what failed'),
  },
  positionals: [0, 1],
  takes: ['folder'],
  document:
    '{ session, exitCode, timedOut, exceeded: [limit], durationMs, stdout, stderr, tests?: { framework, totals, tests, problems }, changes: { added, modified, deleted, renamed } }',
  async run(context) {
    checkLine(context);
    const order = reportOrder(context);
    const ended = await runInSandbox(context, order);
    report(ended, context, order);
    return resultOf(ended, context);
  },
};
