import type { Home } from './platform/home/home.ts';
import { closeFront, openFront } from './front.ts';
import { Fault } from '../schema/fault.ts';
import type { Logger } from './base/logger.ts';
import type { Kernel } from './compose.ts';
import { serveGateway } from './compose/gateway.ts';
import { mcpMount } from './compose/mcp.ts';
import { ownerOf } from './platform/home/home-lock.ts';

export interface ServeOptions {
  readonly home: Home;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly compose: () => Promise<Kernel>;
  readonly logger: Logger;
  /** Of HTTP; absent: it is off. */
  readonly port?: number;
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
    await using gateway = await serveGateway(kernel, { ...options, mount: mcpMount(kernel, options) });
    options.ready({ url: gateway.url, socket: kernel.socket.path, pid: process.pid });
    await aborted(options.signal);
  } finally {
    kernel.socket.hangUp();
    await closeFront(front);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
