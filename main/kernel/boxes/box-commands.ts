import type { ExecResult, Execution } from '../../../schema/contract/box.ts';
import type { ExecEvent } from '../../../schema/contract/sandbox.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { Clock } from '../../base/clock.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { BoxLogs, LogWriter } from './box-logs.ts';
import type { ExecutionStore, RunCommand } from './ports.ts';

/** A command, as a program asks for it. */
export interface BoxCommand {
  readonly session: SessionId;
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  readonly stdin?: string | undefined;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface BoxCommandsOptions {
  readonly run: RunCommand;
  readonly executions: ExecutionStore;
  readonly logs: BoxLogs;
  readonly clock: Clock;
  /** What is kept of a command line must hold no secret. */
  readonly redact: (text: string) => string;
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** What one answer holds of each stream; the rest is in the log, as far as that goes. */
const OUTPUT_LIMIT_BYTES = 1024 * 1024;
const EXECUTIONS_KEPT = 100;
const COMMAND_LIMIT = 500;

type ExitEvent = Extract<ExecEvent, { type: 'exit' }>;

/** The beginning of what a command printed, as text. */
class KeptOutput {
  readonly #decoder = new TextDecoder();
  #text = '';
  #bytes = 0;
  truncated = false;

  /** Gives the text of what came, whole characters only. */
  push(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    const room = OUTPUT_LIMIT_BYTES - this.#bytes;
    this.#bytes += bytes.length;
    if (bytes.length <= room) this.#text += text;
    else if (!this.truncated) {
      this.#text += text.slice(0, Math.max(0, room));
      this.truncated = true;
    }
    return text;
  }

  get text(): string {
    return this.#text;
  }
}

/** Runs commands to their end, and remembers them. */
export class BoxCommands {
  readonly #options: BoxCommandsOptions;

  constructor(options: BoxCommandsOptions) {
    this.#options = options;
  }

  /** A command that runs out of time is an answer like any other. @throws Fault `session_not_running`, `sandbox_failed`, `cancelled` */
  async run(wanted: BoxCommand, context: CallContext): Promise<ExecResult> {
    const { session, command, args = [], stdin, cwd, env, timeoutMs = DEFAULT_TIMEOUT_MS } = wanted;
    const order = {
      session,
      argv: [command, ...args],
      timeoutMs,
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      ...(stdin === undefined ? {} : { stdinBase64: Buffer.from(stdin).toString('base64') }),
    };
    const startedAt = this.#options.clock.now();
    const log = this.#options.logs.writer(session, context.act);
    const kept = { stdout: new KeptOutput(), stderr: new KeptOutput() };
    let exit: ExitEvent | undefined;
    try {
      exit = await this.#follow(this.#options.run(order, context), { kept, log });
    } finally {
      log.end();
      this.#remember({ session, context, startedAt, argv: order.argv, exit });
    }
    return resultOf(context, kept, exit);
  }

  /** The newest first. */
  list(session: SessionId, limit: number): Execution[] {
    return this.#options.executions.of(session).slice(0, limit);
  }

  async #follow(
    events: AsyncIterable<ExecEvent>,
    { kept, log }: { readonly kept: { stdout: KeptOutput; stderr: KeptOutput }; readonly log: LogWriter },
  ): Promise<ExitEvent> {
    for await (const event of events) {
      if (event.type === 'exit') return event;
      log.push(event.stream, kept[event.stream].push(Buffer.from(event.base64, 'base64')));
    }
    throw new Error('A command ended without its exit event');
  }

  #remember(run: {
    session: SessionId;
    context: CallContext;
    startedAt: number;
    argv: readonly string[];
    exit: ExitEvent | undefined;
  }): void {
    const { executions, clock, redact } = this.#options;
    const { session, context, startedAt, argv, exit } = run;
    const execution: Execution = {
      id: context.act,
      session,
      command: redact(argv.join(' ')).slice(0, COMMAND_LIMIT),
      startedAt,
      durationMs: exit?.durationMs ?? Math.max(0, clock.now() - startedAt),
      exitCode: exit?.exitCode ?? null,
      timedOut: exit?.timedOut ?? false,
    };
    executions.put(session, [execution, ...executions.of(session)].slice(0, EXECUTIONS_KEPT));
  }
}

function resultOf(
  { act }: CallContext,
  { stdout, stderr }: { readonly stdout: KeptOutput; readonly stderr: KeptOutput },
  { exitCode, timedOut, durationMs, exceeded }: ExitEvent,
): ExecResult {
  return {
    id: act,
    exitCode,
    stdout: stdout.text,
    stderr: stderr.text,
    durationMs,
    timedOut,
    truncated: stdout.truncated || stderr.truncated,
    ...(exceeded === undefined ? {} : { exceeded }),
  };
}
