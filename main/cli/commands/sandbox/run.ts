import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { Areas } from '../../../../schema/contract/areas.ts';
import type { ExceededLimit } from '../../../../schema/contract/sandbox.ts';
import type { Client } from '../../../../schema/contract/contract.ts';
import type { Change, SessionId } from '../../../../schema/entities.ts';
import { Fault, toFault } from '../../../../schema/fault.ts';
import { type Command, type CommandContext, isSet, stringOf } from '../../command.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { errorDocument, errorText, usageFault } from '../../output/print.ts';
import { flag, value } from '../../option.ts';

const USAGE = 'run [DIR] [--profile P] [--sandbox S] [--timeout MS] [--stdin] [--keep] -- CMD…';
/** What the document holds of each stream; a terminal sees all of it. */
const CAPTURE_LIMIT_BYTES = 64 * 1024 * 1024;

interface Outcome {
  exitCode: number;
  timedOut: boolean;
  exceeded?: readonly ExceededLimit[];
  durationMs: number;
}

interface ChangeSummary {
  added: string[];
  modified: string[];
  deleted: string[];
  renamed: { from: string; path: string }[];
}

class Capture {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  truncated = false;

  take(chunk: Buffer): void {
    if (this.#bytes + chunk.length > CAPTURE_LIMIT_BYTES) {
      this.truncated = true;
      return;
    }
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

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

async function execute(
  client: Client<Areas>,
  session: SessionId,
  context: CommandContext,
  captures: { stdout: Capture; stderr: Capture },
): Promise<Outcome> {
  const timeout = stringOf(context, 'timeout');
  const stdin = isSet(context, 'stdin') ? Buffer.from(await readAll(process.stdin)).toString('base64') : undefined;
  const events = client.sandbox.exec(
    {
      session,
      argv: [...context.rest],
      ...(timeout === undefined ? {} : { timeoutMs: Number(timeout) }),
      ...(stdin === undefined ? {} : { stdinBase64: stdin }),
    },
    { signal: context.signal },
  );
  for await (const event of events) {
    if (event.type === 'exit') return event;
    const chunk = Buffer.from(event.base64, 'base64');
    if (context.json) captures[event.stream].take(chunk);
    else await write(context[event.stream], chunk);
  }
  throw new Fault(
    context.signal.aborted ? 'cancelled' : 'sandbox_failed',
    'Cannot finish the command: its sandbox ended first',
  );
}

function write(stream: NodeJS.WriteStream, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => stream.write(chunk, (failure) => (failure ? reject(failure) : resolve())));
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

export const run: Command = {
  words: ['run'],
  usage: USAGE,
  about: 'Run a command in a sandbox on a workspace, with live output, then show what it changed',
  options: {
    profile: value('profile', 'The profile of the sandbox'),
    sandbox: value('text', 'A sandbox that cave.yaml names'),
    timeout: value('number', 'End the command after so many milliseconds'),
    stdin: flag('Hand standard input to the command'),
    keep: flag('Keep the sandbox after the command'),
  },
  positionals: [0, 1],
  takes: ['folder'],
  document:
    '{ session, exitCode, timedOut, exceeded: [limit], durationMs, stdout, stderr, changes: { added, modified, deleted, renamed } }',
  async run(context) {
    if (context.rest.length === 0) throw usageFault('Cannot run: the command is missing', USAGE);
    const timeout = stringOf(context, 'timeout');
    if (timeout !== undefined && !/^[1-9]\d*$/.test(timeout))
      throw usageFault('Cannot run: --timeout takes milliseconds', USAGE);
    const client = await context.connect();
    const [profile, sandbox] = [stringOf(context, 'profile'), stringOf(context, 'sandbox')];
    const workspace = resolve(context.positionals[0] ?? '.');
    const session = await client.session.create(
      { workspace, ...(profile === undefined ? {} : { profile }), ...(sandbox === undefined ? {} : { sandbox }) },
      { signal: context.signal },
    );
    const captures = { stdout: new Capture(), stderr: new Capture() };
    let outcome: Outcome | undefined;
    let failure: Fault | undefined;
    try {
      outcome = await execute(client, session.id, context, captures);
    } catch (thrown) {
      failure = toFault(thrown);
    }
    const changes = await changesOf(client, session.id).finally(async () => {
      if (!isSet(context, 'keep')) await client.session.stop({ session: session.id });
    });
    const streams = { stdout: captures.stdout.text, stderr: captures.stderr.text };
    const truncated = captures.stdout.truncated || captures.stderr.truncated ? { truncated: true } : {};
    if (failure || outcome === undefined) {
      const fault = failure ?? new Fault('sandbox_failed', 'Cannot finish the command');
      const document = { session: session.id, ...errorDocument(fault), ...streams, changes };
      if (!context.json) context.stderr.write(errorText(fault));
      return { document, text: '', exitCode: exitCodeOf(fault) };
    }
    if (!context.json) context.stderr.write(summaryText(changes, session.id));
    const { exitCode, timedOut, exceeded = [], durationMs } = outcome;
    if (!context.json) context.stderr.write(exceededText(exceeded));
    const document = {
      session: session.id,
      exitCode,
      timedOut,
      exceeded,
      durationMs,
      ...streams,
      ...truncated,
      changes,
    };
    return { document, text: '', exitCode };
  },
};
