import type Docker from 'dockerode';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ExecOptions } from '../../kernel/sandboxes/container-runtime.ts';

/** Runs a command in a container and gives its output as it comes. Closing the streams leaves the process running: engines are so. */
export async function runExec(
  api: Docker,
  container: Docker.Container,
  options: ExecOptions,
): Promise<{ readonly exitCode: number }> {
  const terminal = options.streams === 'terminal';
  const hasStdin = options.stdin !== undefined;
  const exec = await container.exec({
    Cmd: [...options.argv],
    AttachStdout: true,
    AttachStderr: true,
    AttachStdin: hasStdin,
    Tty: terminal,
    Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(options.workingFolder === undefined ? {} : { WorkingDir: options.workingFolder }),
    ...(options.user === undefined ? {} : { User: `${options.user.uid}:${options.user.gid}` }),
  });
  const stream = await exec.start({ hijack: hasStdin, stdin: hasStdin, Tty: terminal });
  const stop = (): void => void stream.destroy();
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    if (hasStdin) stream.end(options.stdin);
    if (terminal) stream.on('data', (bytes: Buffer) => options.onOutput?.('stdout', bytes));
    else api.modem.demuxStream(stream, sink(options, 'stdout'), sink(options, 'stderr'));
    await finished(stream, { writable: false });
  } finally {
    options.signal?.removeEventListener('abort', stop);
  }
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? 0 };
}

function sink(options: ExecOptions, stream: 'stdout' | 'stderr'): PassThrough {
  const through = new PassThrough();
  through.on('data', (bytes: Buffer) => options.onOutput?.(stream, bytes));
  return through;
}

const HEADER_BYTES = 8;

/** Takes the headers out of an engine's log: one byte of stream, three of nothing, four of length. */
export function unframed(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length));
    at += HEADER_BYTES + length;
  }
  return Buffer.concat(parts);
}
