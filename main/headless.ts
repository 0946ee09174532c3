import type { Home } from './platform/home/home.ts';
import { closeFront, openFront } from './front.ts';
import { Fault } from '../schema/fault.ts';
import type { Logger } from './base/logger.ts';
import type { Kernel } from './compose.ts';
import { askAsOperator } from './compose/gateway.ts';
import { writeToken } from './compose/token-file.ts';
import { readTls, type TlsFiles } from './compose/served-place.ts';
import { ownerOf } from './platform/home/home-lock.ts';

export interface ServeOptions {
  readonly home: Home;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly compose: () => Promise<Kernel>;
  readonly logger: Logger;
  /** Of HTTP and MCP; absent: as the operator chose, which is off until they turn it on. */
  readonly port?: number;
  /** 127.0.0.1 if absent; any other than a loopback one needs `tls`. */
  readonly address?: string;
  readonly tls?: TlsFiles;
  /** Where the token of a new admin key is written. */
  readonly tokenFile?: string;
  readonly ready: (address: { url: string | null; socket: string; pid: number }) => void;
}

/** The kernel without a window: serves its socket, and HTTP where a port is given, until the signal aborts. */
export async function serveHeadless(options: ServeOptions): Promise<void> {
  const front = await openFront(options);
  if (front.kind === 'client') {
    front.channel.close();
    throw new Fault('already_served', 'Cannot serve this home: another kernel owns it', {
      why: `Process ${ownerOf(options.home.run)?.pid ?? 'unknown'} serves ${options.home.root}.`,
      fix: 'Use that one, or name another home with --home.',
    });
  }
  const { kernel } = front;
  try {
    await openGateway(kernel, options);
    options.ready({ url: kernel.gateway.status.url, socket: kernel.socket.path, pid: process.pid });
    await aborted(options.signal);
  } finally {
    // Before the wait for those who use the socket: nobody new comes in.
    await kernel.gateway[Symbol.asyncDispose]();
    kernel.socket.hangUp();
    await closeFront(front);
  }
}

async function openGateway(kernel: Kernel, { port, address, tls, tokenFile }: ServeOptions): Promise<void> {
  if (port === undefined) return kernel.gateway.begin();
  await kernel.gateway.serve(port, {
    ...(address === undefined ? {} : { address }),
    ...(tls === undefined ? {} : { tls: await readTls(tls) }),
  });
  if (tokenFile !== undefined) await writeToken(askAsOperator(kernel), tokenFile);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
