import { text as readAll } from 'node:stream/consumers';
import type { Areas } from '../../../../schema/contract/areas.ts';
import type { Client } from '../../../../schema/contract/contract.ts';
import type { ExceededLimit } from '../../../../schema/contract/sandbox.ts';
import type { SessionId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import { type CommandContext, isSet, stringOf } from '../../command.ts';
import type { TestRun } from '../../reports/run-report.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly exceeded?: readonly ExceededLimit[];
  readonly durationMs: number;
  /** What was started. */
  readonly command: readonly string[];
  readonly tests?: TestRun;
}

/** Where what comes out of the sandbox goes, as it comes. */
export type Sink = (stream: 'stdout' | 'stderr', chunk: Buffer) => Promise<void>;

/** Runs the command of the line in the sandbox of a session. */
export async function execute(
  client: Client<Areas>,
  session: SessionId,
  { context, sink }: { readonly context: CommandContext; readonly sink: Sink },
): Promise<Outcome> {
  const timeout = stringOf(context, 'timeout');
  const stdin = isSet(context, 'stdin') ? Buffer.from(await readAll(process.stdin)).toString('base64') : undefined;
  const command = [...context.rest];
  const events = client.sandbox.exec(
    {
      session,
      argv: command,
      ...(timeout === undefined ? {} : { timeoutMs: Number(timeout) }),
      ...(stdin === undefined ? {} : { stdinBase64: stdin }),
    },
    { signal: context.signal },
  );
  for await (const event of events) {
    if (event.type === 'exit') return { ...event, command };
    await sink(event.stream, Buffer.from(event.base64, 'base64'));
  }
  throw new Fault(
    context.signal.aborted ? 'cancelled' : 'sandbox_failed',
    'Cannot finish the command: its sandbox ended first',
  );
}

/** The answer of the tool `test.run`, as far as it is used here. */
interface TestAnswer extends TestRun {
  readonly ok: boolean;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly command: readonly string[];
}

/** Runs the tests of the workspace with the test tool. They have failed when one of them has. */
export async function runTests(
  client: Client<Areas>,
  session: SessionId,
  { context, sink }: { readonly context: CommandContext; readonly sink: Sink },
): Promise<Outcome> {
  const timeout = stringOf(context, 'timeout');
  const events = client.tool.call(
    { session, name: 'test.run', input: timeout === undefined ? {} : { timeoutMs: Number(timeout) } },
    { signal: context.signal, review: isSet(context, 'yes') ? 'approve' : 'refuse' },
  );
  for await (const event of events) {
    if (event.type === 'output') await sink('stdout', Buffer.from(event.text));
    if (event.type !== 'result') continue;
    // Validated against the tool's schema before it came here.
    const { framework, totals, tests, problems, ok, exitCode, timedOut, command } = event.result as TestAnswer;
    const run = { framework, totals, tests, problems };
    return { exitCode: ok ? 0 : exitCode || 1, timedOut, durationMs: event.durationMs, command, tests: run };
  }
  throw new Fault('cancelled', 'Cannot finish the tests: they were cancelled');
}
