import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type Socket, connect } from 'node:net';
import type { ConnectPermit } from '../../kernel/network/network-gate.ts';
import { isPublicAddress } from './address-scope.ts';
import type { ProxyTarget } from './proxy-target.ts';

/** Every address of a name, as the machine resolves it. */
export type Lookup = (name: string) => Promise<readonly string[]>;

export const lookupAll: Lookup = async (name) =>
  (await systemLookup(name, { all: true })).map(({ address }) => address);

/** Why a connection that the policy allows came to nothing, in words for whoever asked. */
export class NotReachable extends Error {
  override readonly name = 'NotReachable';
  readonly kind: 'forbidden' | 'unreachable';

  constructor(kind: 'forbidden' | 'unreachable', message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * The addresses of a target, resolved once: what is connected to is what was judged here, whatever the name's next answer is.
 * One private address among them refuses all of them.
 * @throws NotReachable
 */
export async function judgedAddresses(
  target: ProxyTarget,
  permit: Pick<ConnectPermit, 'isNamed'>,
  lookup: Lookup,
): Promise<readonly string[]> {
  const literal = target.host.replace(/^\[|\]$/g, '');
  const addresses = isIP(literal) === 0 ? await resolve(target.host, lookup) : [literal];
  for (const address of addresses) {
    if (isPublicAddress(address) || permit.isNamed(inBrackets(address))) continue;
    throw new NotReachable('forbidden', `${address} is not an address of the public internet`);
  }
  return addresses;
}

async function resolve(name: string, lookup: Lookup): Promise<readonly string[]> {
  const addresses = await lookup(name).catch(() => []);
  if (addresses.length > 0) return addresses;
  throw new NotReachable('unreachable', `${name} has no address`);
}

/** Connects to the first of the addresses that answers. Aborting gives up. @throws NotReachable */
export async function connectPinned(
  addresses: readonly string[],
  port: number,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<{ readonly socket: Socket; readonly address: string }> {
  for (const address of addresses) {
    const socket = await attempt(address, port, options).catch(() => undefined);
    if (socket) return { socket, address };
  }
  throw new NotReachable('unreachable', `none of its addresses answers on port ${port}`);
}

function attempt(
  address: string,
  port: number,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, allowHalfOpen: true });
    const fail = (cause: unknown): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      reject(cause);
    };
    const abort = (): void => fail(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    socket.setTimeout(timeoutMs, () => fail(new Error('it did not answer in time')));
    socket.once('error', fail);
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', fail);
      socket.removeAllListeners('timeout');
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

function inBrackets(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}
