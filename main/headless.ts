import type { Home } from './platform/home/home.ts';
import { closeFront, openFront } from './front.ts';
import { Fault } from '../schema/fault.ts';
import type { Kernel } from './compose.ts';
import { ownerOf } from './platform/home/home-lock.ts';

export interface ServeOptions {
  readonly home: Home;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly compose: () => Promise<Kernel>;
  readonly ready: (address: { url: string | null; socket: string; pid: number }) => void;
}

/** The kernel without a window: serves its socket until the signal aborts. */
export async function serveHeadless(options: ServeOptions): Promise<void> {
  const front = await openFront(options);
  if (front.kind === 'client') {
    front.channel.close();
    throw new Fault('already_served', 'Cannot serve this home: another kernel owns it', {
      why: `Process ${ownerOf(options.home.run)?.pid ?? 'unknown'} serves ${options.home.root}.`,
      fix: 'Use that one, or name another home with --home.',
    });
  }
  options.ready({ url: null, socket: front.kernel.socket.path, pid: process.pid });
  await new Promise<void>((resolve) => {
    if (options.signal.aborted) resolve();
    options.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  front.kernel.socket.hangUp();
  await closeFront(front);
}
