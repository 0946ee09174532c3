import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { systemCode, ToolError } from './tool-error.ts';

export interface RunOptions {
  /** Absolute. */
  readonly cwd?: string;
  /** Added to the plugin's own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** Of each stream, 8 MiB unless given; what comes after is dropped and `truncated` says so. */
  readonly outputLimitBytes?: number;
  /** Takes the output instead of the result; the command waits while a promise is pending. */
  readonly onStdout?: (chunk: Buffer) => void | Promise<void>;
  readonly onStderr?: (chunk: Buffer) => void | Promise<void>;
  readonly signal?: AbortSignal;
  /**
   * `shared` for a program that starts no others: it stays in this process's group. A session of its own, which is how a group is made,
   * has a share of the processors of its own, and what is read from it comes later.
   */
  readonly group?: 'own' | 'shared';
  /** To run as somebody else, where this process may. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export interface RunResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly truncated: boolean;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024;
/** Between asking a command to end and ending it. */
const GRACE_MS = 2_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

interface Collected {
  readonly chunks: Buffer[];
  bytes: number;
  truncated: boolean;
}

/** Without an iterator: of a command that prints much, each piece costs its reader less than half of the time. */
function collect(
  stream: Readable,
  options: { limit: number; take?: ((chunk: Buffer) => void | Promise<void>) | undefined },
): Promise<Collected> {
  const collected: Collected = { chunks: [], bytes: 0, truncated: false };
  const keep = (chunk: Buffer): void => {
    const room = options.limit - collected.bytes;
    if (chunk.length > room) collected.truncated = true;
    if (room > 0) collected.chunks.push(chunk.subarray(0, room));
    collected.bytes += Math.min(room, chunk.length);
  };
  const take = options.take ?? keep;
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      stream.destroy();
      reject(cause);
    };
    const onData = (chunk: Buffer): void => {
      try {
        const taking = take(chunk);
        if (taking === undefined) return;
        stream.pause();
        taking.then(() => stream.resume(), fail);
      } catch (thrown) {
        fail(thrown);
      }
    };
    stream.on('data', onData);
    stream.on('error', fail);
    stream.once('close', () => {
      // A closed stream is kept until the next great garbage collection, and with it what its listeners hold.
      stream.off('data', onData);
      stream.off('error', fail);
      resolve(collected);
    });
  });
}

/** The command leads a process group of its own unless told otherwise, so that nothing it started is left behind. */
function kill(child: Child, signal: 'SIGTERM' | 'SIGKILL', { group }: RunOptions): void {
  if (child.pid === undefined) return;
  if (group === 'shared') {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (thrown) {
    if (systemCode(thrown) !== 'ESRCH') child.kill(signal);
  }
}

function environment(extra: RunOptions['env']): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(extra ?? {})) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}

async function start(argv: readonly string[], options: RunOptions): Promise<Child> {
  const [file = '', ...args] = argv;
  // Not before it is needed: a plugin's start would wait for it.
  const { spawn } = await import('node:child_process');
  // Apart from `options`: the listener for errors stays with the child, and would keep what takes the output.
  const { cwd, user, group } = options;
  const env = environment(options.env);
  return new Promise<Child>((resolve, reject) => {
    const child = spawn(file, args, {
      ...(cwd === undefined ? {} : { cwd }),
      ...user,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: group !== 'shared',
    });
    child.once('spawn', () => resolve(child));
    child.once('error', (cause) => {
      const missing = systemCode(cause) === 'ENOENT';
      const state = missing ? 'the command is not installed here' : cause.message;
      reject(new ToolError(missing ? 'command_missing' : 'command_failed', `Cannot run ${file}: ${state}`, { cause }));
    });
  });
}

/** A command that ends without reading its input is no failure of ours. Out here, as one made in `runCommand` would hold what takes the output. */
function leaveUnread(): void {}

/**
 * Runs a command from an argument array; there is no shell. Resolves with how it ended, whatever its exit code.
 * Throws `command_missing`, and `cancelled` once the signal aborted and the whole process group is gone.
 */
export async function runCommand(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  if (options.signal?.aborted) throw new ToolError('cancelled', `Cannot run ${argv[0]}: the call was cancelled`);
  const startedAt = performance.now();
  const child = await start(argv, options);
  const ended = new Promise<{ exitCode: number | null; exitSignal: string | null }>((resolve) => {
    child.once('close', (exitCode, exitSignal) => resolve({ exitCode, exitSignal }));
  });
  let timedOut = false;
  let hardStop: NodeJS.Timeout | undefined;
  const stop = (): void => {
    kill(child, 'SIGTERM', options);
    hardStop ??= setTimeout(() => kill(child, 'SIGKILL', options), GRACE_MS);
  };
  const expire = (): void => {
    timedOut = true;
    stop();
  };
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(expire, options.timeoutMs);
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  child.stdin.on('error', leaveUnread);
  child.stdin.end(options.stdin ?? '');
  const limit = options.outputLimitBytes ?? OUTPUT_LIMIT_BYTES;
  try {
    const [stdout, stderr] = await Promise.all([
      collect(child.stdout, { limit, take: options.onStdout }),
      collect(child.stderr, { limit, take: options.onStderr }),
    ]);
    const { exitCode, exitSignal } = await ended;
    if (options.signal?.aborted) throw new ToolError('cancelled', `${argv[0]} was cancelled`);
    return {
      exitCode,
      exitSignal,
      stdout: Buffer.concat(stdout.chunks),
      stderr: Buffer.concat(stderr.chunks),
      truncated: stdout.truncated || stderr.truncated,
      timedOut,
      durationMs: Math.round(performance.now() - startedAt),
    };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
    // Whatever the command left running goes with it.
    kill(child, 'SIGKILL', options);
    clearTimeout(hardStop);
  }
}
