import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { ExceededLimit } from '../../../schema/agent-protocol.ts';
import { Fault } from '../../../schema/fault.ts';
import { CALL_MARK } from '../../../schema/staged-files.ts';
import { exceededLimits, limitCounts } from './command-limits.ts';
import { innerEnvironment } from './inner-environment.ts';
import type { OwnChildren } from './own-children.ts';
import { Parameters } from './parameters.ts';
import { killTree, newMark } from './process-tree.ts';
import type { AgentCall } from './request-server.ts';

/** After a command's end its output is complete when nothing came for so long: a process it left behind may hold the pipe open. */
const QUIET_MS = 100;
/** What a shell answers when a command is not there, or cannot be run. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

export interface CommandResult {
  /** 128 + signal where a signal ended it. */
  readonly exitCode: number;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly outOfMemory: boolean;
  /** In words of the limits, what it met; empty: none. */
  readonly exceeded: readonly ExceededLimit[];
  readonly durationMs: number;
  /** Past `outputLimitBytes` output is read and dropped. */
  readonly outputTruncated: boolean;
}

export interface CommandPlace {
  readonly own: OwnChildren;
  /** The folder a command runs in when it names none. */
  readonly workspace: string;
  /** What every command is given beside its own variables. */
  readonly env: Readonly<Record<string, string>>;
}

type Command = ChildProcessByStdio<Writable, Readable, Readable>;
type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** Runs a command on pipes. Its output goes out as `process.output` events; cancelling or timing out kills all it started. */
export async function runCommand(params: unknown, call: AgentCall, place: CommandPlace): Promise<CommandResult> {
  const read = new Parameters(params);
  const [file, ...args] = read.argv('argv');
  const mark = newMark();
  const startedMs = performance.now();
  const before = limitCounts();
  const cwd = read.optionalText('cwd') ?? place.workspace;
  const env = innerEnvironment({ ...place.env, ...read.optionalTexts('env'), [CALL_MARK]: mark });
  const command: Command = place.own.start(() =>
    spawn(file, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] }),
  );
  const killed = new KillSwitch(command, mark, call.signal, read.optionalCount('timeoutMs'));
  command.stdin.on('error', () => undefined); // It may end without reading what it was given.
  command.stdin.end(Buffer.from(read.optionalText('stdinBase64') ?? '', 'base64'));
  const output = new Output(call, read.optionalCount('outputLimitBytes') ?? Number.POSITIVE_INFINITY);
  const streams = [output.forward('stdout', command.stdout), output.forward('stderr', command.stderr)];
  try {
    const end = await endOf(command).catch((cause: unknown) => notStarted(file, cause, call));
    place.own.delete(command.pid);
    await Promise.race([Promise.all(streams), quiet(command, output)]);
    command.stdout.destroy();
    command.stderr.destroy();
    await Promise.all(streams);
    await killed.settled;
    const exitCode = end.code ?? 128 + (end.signal === null ? 0 : constants.signals[end.signal]);
    const exceeded = exceededLimits(before, { exitCode, timedOut: killed.timedOut, wasKilled: killed.fired });
    return {
      exitCode,
      signal: end.signal,
      timedOut: killed.timedOut,
      outOfMemory: exitCode === 128 + constants.signals.SIGKILL && exceeded.includes('memory'),
      exceeded,
      durationMs: Math.round(performance.now() - startedMs),
      outputTruncated: output.truncated,
    };
  } finally {
    killed[Symbol.dispose]();
  }
}

/** Kills the command and all it started, once, when its time is up or nobody wants its answer any more. */
class KillSwitch implements Disposable {
  readonly #command: Command;
  readonly #mark: string;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #onAbort = (): void => this.#fire();
  timedOut = false;
  fired = false;
  settled: Promise<void> = Promise.resolve();

  constructor(command: Command, mark: string, signal: AbortSignal, timeoutMs: number | undefined) {
    this.#command = command;
    this.#mark = mark;
    this.#signal = signal;
    if (timeoutMs !== undefined) {
      this.#timer = setTimeout(() => {
        this.timedOut = true;
        this.#fire();
      }, timeoutMs);
    }
    if (signal.aborted) this.#fire();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  #fire(): void {
    if (this.fired || this.#command.pid === undefined) return;
    this.fired = true;
    this.settled = killTree(this.#command.pid, this.#mark);
  }
}

class Output {
  readonly #call: AgentCall;
  #leftBytes: number;
  /** Output that waits for the kernel's credit is no quiet. */
  waiting = 0;
  truncated = false;

  constructor(call: AgentCall, limitBytes: number) {
    this.#call = call;
    this.#leftBytes = limitBytes;
  }

  async forward(stream: 'stdout' | 'stderr', from: Readable): Promise<void> {
    try {
      for await (const chunk of from) {
        // A pipe without an encoding gives Buffers.
        const bytes = (chunk as Buffer).subarray(0, this.#leftBytes);
        this.#leftBytes -= bytes.length;
        if (bytes.length < (chunk as Buffer).length) this.truncated = true; // As above.
        if (bytes.length === 0) continue;
        this.waiting += 1;
        await this.#call.emit('process.output', { stream, base64: bytes.toString('base64') });
        this.waiting -= 1;
      }
    } catch (cause) {
      // Destroyed by us after the command's end.
      if (!from.destroyed) throw cause;
    }
  }
}

/** Resolves when both pipes have been silent for a while, although this program did read them. */
async function quiet(command: Command, output: Output): Promise<void> {
  // They are sockets below, and these count what they have read.
  const readBytes = (): number =>
    [command.stdout, command.stderr].reduce(
      (sum, stream) => sum + (stream as unknown as { bytesRead: number }).bytesRead,
      0,
    );
  for (let before = -1; ; ) {
    const now = readBytes();
    if (now === before && output.waiting === 0) return;
    before = now;
    await delay(QUIET_MS);
    // The turn that fired the timer may not have polled yet.
    await nextTurn();
    await nextTurn();
  }
}

function endOf(command: Command): Promise<End> {
  return new Promise((resolve, reject) => {
    command.once('error', reject);
    command.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

async function notStarted(file: string, cause: unknown, call: AgentCall): Promise<End> {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EAGAIN' || code === 'ENOMEM') {
    const limit = code === 'EAGAIN' ? 'processes and threads' : 'memory';
    const why = `the sandbox has reached its limit of ${limit}`;
    throw new Fault('sandbox_failed', `Cannot run "${file}": ${why}`, { cause, retryable: true });
  }
  const text = `cavern: cannot run ${file}: ${code === 'ENOENT' ? 'no such file' : String(code)}\n`;
  await call.emit('process.output', { stream: 'stderr', base64: Buffer.from(text).toString('base64') });
  return { code: code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE, signal: null };
}
