import { randomBytes } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Fault } from '../../../../schema/fault.ts';
import { type CommandContext, isSet, stringOf } from '../../command.ts';
import { annotations, guarded } from '../../reports/annotations.ts';
import { junit } from '../../reports/junit.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { stepSummary } from '../../reports/step-summary.ts';
import type { Sink } from './execute.ts';

/** The reports that a line asks for. */
export interface ReportOrder {
  readonly junit: string | undefined;
  readonly summary: string | undefined;
  /** The file of GitHub's summary of the step. */
  readonly github: string | undefined;
}

/** Checked before anything is started: a report that cannot be written is no reason to run everything first. */
export function reportOrder(context: CommandContext): ReportOrder {
  const fileOf = (name: string): string | undefined => {
    const file = stringOf(context, name);
    return file === undefined ? undefined : resolve(file);
  };
  const order = { junit: fileOf('junit'), summary: fileOf('summary') };
  if (!isSet(context, 'github')) return { ...order, github: undefined };
  const github = context.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (github !== '') return { ...order, github };
  throw new Fault('usage', 'Cannot report to GitHub: this is no step of a workflow', {
    why: 'The variable GITHUB_STEP_SUMMARY is not set.',
    fix: 'Use --summary FILE elsewhere.',
  });
}

function put(write: () => void, file: string): void {
  try {
    write();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Fault('file_unwritable', `Cannot write the report "${file}"`, {
      why,
      fix: 'Name a file that you can write.',
    });
  }
}

/** Writes what was asked for. Annotations go to standard output, where it is not a document's. */
export function writeReports(order: ReportOrder, report: RunReport, context: CommandContext): void {
  const { junit: xml, summary, github } = order;
  if (xml !== undefined) put(() => writeFileSync(xml, junit(report)), xml);
  if (summary !== undefined) put(() => writeFileSync(summary, stepSummary(report)), summary);
  if (github === undefined) return;
  put(() => appendFileSync(github, `${stepSummary(report)}\n`), github);
  (context.json ? context.stderr : context.stdout).write(annotations(report));
}

/**
 * Shows what comes out of the sandbox while `work` goes on. GitHub reads lines of the log as commands, of either stream and
 * in no certain order: there all of it goes to one, between marks that the sandbox cannot know.
 */
export async function shown<T>(
  context: CommandContext,
  order: ReportOrder,
  work: (sink: Sink) => Promise<T>,
): Promise<T> {
  const live: Sink = (stream, chunk) => write(order.github === undefined ? context[stream] : context.stdout, chunk);
  if (context.json) return work(async () => undefined);
  if (order.github === undefined) return work(live);
  const { begin, end } = guarded(randomBytes(16).toString('hex'));
  await write(context.stdout, Buffer.from(begin));
  try {
    return await work(live);
  } finally {
    await write(context.stdout, Buffer.from(end));
  }
}

function write(stream: NodeJS.WriteStream, chunk: Buffer): Promise<void> {
  return new Promise((resolve_, reject) => stream.write(chunk, (failure) => (failure ? reject(failure) : resolve_())));
}
