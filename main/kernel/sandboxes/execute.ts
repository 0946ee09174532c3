import Type, { type Static } from 'typebox';
import { ExceededLimit, type ExecEvent } from '../../../schema/contract/sandbox.ts';
import { Fault } from '../../../schema/fault.ts';
import { AsyncChannel } from '../../base/async-channel.ts';
import { ownValidator } from '../validation/own-schema.ts';
import type { AgentConnection } from './agent-port.ts';

export interface ExecOrder {
  readonly argv: readonly string[];
  /** Inside; the workspace if absent. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdinBase64?: string;
  readonly timeoutMs?: number;
}

const OutputEvent = Type.Object({
  stream: Type.Union([Type.Literal('stdout'), Type.Literal('stderr')]),
  base64: Type.String(),
});

const RunResult = Type.Object({
  exitCode: Type.Union([Type.Integer(), Type.Null()]),
  signal: Type.Union([Type.String(), Type.Null()]),
  timedOut: Type.Boolean(),
  outOfMemory: Type.Boolean(),
  // Agents of sandboxes that were started before there was this do not say it.
  exceeded: Type.Optional(Type.Array(ExceededLimit)),
  durationMs: Type.Number({ minimum: 0 }),
});

const outputValidator = ownValidator<Static<typeof OutputEvent>>(OutputEvent);
const resultValidator = ownValidator<Static<typeof RunResult>>(RunResult, { allowUnionTypes: true });

/** Events of output that wait for their reader; then the agent is told to hold back. */
const WAITING_EVENTS = 16;

/**
 * Runs a command in a sandbox; output as it comes, then its end. Aborting ends the command with all its children.
 * @throws Fault `sandbox_failed` where the sandbox answers what is not an answer, and what the connection throws
 */
export async function* execute(
  connection: AgentConnection,
  order: ExecOrder,
  signal: AbortSignal,
): AsyncGenerator<ExecEvent, void, undefined> {
  const output = new AsyncChannel<ExecEvent>(WAITING_EVENTS);
  const leaving = new AbortController();
  const onEvent = async (method: string, params: unknown): Promise<void> => {
    if (method !== 'process.output') return;
    if (!outputValidator()(params)) throw notAnAnswer();
    await output.push({ type: 'output', stream: params.stream, base64: params.base64 });
  };
  const running = connection
    .request('process.run', order, { signal: AbortSignal.any([signal, leaving.signal]), onEvent })
    .finally(() => output.close());
  running.catch(() => undefined);
  try {
    yield* output;
    yield exitEvent(await running);
  } finally {
    leaving.abort();
  }
}

function exitEvent(result: unknown): ExecEvent {
  if (!resultValidator()(result)) throw notAnAnswer();
  const { timedOut, outOfMemory, exceeded } = result;
  const exitCode = result.exitCode ?? 128 + (SIGNAL_NUMBERS.get(result.signal ?? '') ?? 0);
  const end = { exitCode, timedOut, outOfMemory, durationMs: Math.round(result.durationMs) };
  return { type: 'exit', ...end, ...(exceeded === undefined ? {} : { exceeded }) };
}

/** Of signal(7), for what a shell would call the exit code. */
const SIGNAL_NUMBERS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    SIGHUP: 1,
    SIGINT: 2,
    SIGQUIT: 3,
    SIGILL: 4,
    SIGTRAP: 5,
    SIGABRT: 6,
    SIGBUS: 7,
    SIGFPE: 8,
    SIGKILL: 9,
    SIGUSR1: 10,
    SIGSEGV: 11,
    SIGUSR2: 12,
    SIGPIPE: 13,
    SIGALRM: 14,
    SIGTERM: 15,
    SIGXCPU: 24,
    SIGXFSZ: 25,
    SIGSYS: 31,
  }),
);

function notAnAnswer(): Fault {
  return new Fault('sandbox_failed', 'Cannot run the command: the sandbox gave an answer that is none');
}
