import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import { type CliHost, main } from '../main.ts';

/** A stream that keeps what is written to it. */
export function writer(isTTY?: true) {
  let text = '';
  const stream = {
    isTTY,
    columns: 80,
    write(part: string | Uint8Array, done?: () => void) {
      text += typeof part === 'string' ? part : Buffer.from(part).toString('utf8');
      done?.();
      return true;
    },
  };
  // Of a stream the command line uses nothing else.
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

function never(): never {
  throw new Error('Not for these tests');
}

/** A host without a machine below it; what a test needs of it is given. */
export function hostWith(given: Partial<CliHost> & { readonly argv: readonly string[] }): CliHost {
  const plugins = {
    create: never,
    layServer: never,
    writeMcp: never,
    check: never,
    pack: never,
    watch: never,
    sign: never,
    bytesToSign: never,
    attachBundle: never,
    index: never,
  };
  return {
    signal: new AbortController().signal,
    stdout: writer().stream,
    stderr: writer().stream,
    env: {},
    version: '0.0.0',
    offline: { checkPolicy: never, testPolicy: never, verifyAuditFile: never, bench: never, plugins },
    connect: never,
    serve: never,
    serveAgent: never,
    program: ['cavern'],
    ...given,
  };
}

/** Areas of a kernel, as far as a test goes. */
export type Parts = { readonly [N in keyof Client<Areas>]?: Partial<Client<Areas>[N]> };

/** A connection to a kernel that has these calls. */
export function connectionTo(parts: Parts): CliHost['connect'] {
  // A call that a test does not give is not made.
  return async () => ({ client: parts as Client<Areas>, [Symbol.asyncDispose]: async () => undefined });
}

/** Runs one command line against a kernel that has these calls. */
export async function runLine(argv: readonly string[], parts: Parts = {}, given: Partial<CliHost> = {}) {
  const [stdout, stderr] = [writer(), writer()];
  const exitCode = await main(
    hostWith({ argv, stdout: stdout.stream, stderr: stderr.stream, connect: connectionTo(parts), ...given }),
  );
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}
