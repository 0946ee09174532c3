import type { IncomingMessage } from 'node:http';
import { Fault } from '../../../schema/fault.ts';

/** Names under which this machine reaches itself. Any other name in `Host` is one that somebody else's DNS pointed here. */
const OWN_NAMES = ['127.0.0.1', 'localhost', '[::1]'] as const;

function headersNamed(name: string, { rawHeaders }: IncomingMessage): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  }
  return values;
}

/**
 * Judges where a request says that it goes and comes from: `Host` must be this server's own (DNS rebinding), and a page
 * (`Origin`, `Sec-Fetch-Site`) may call only the server that it came from, which serves none.
 * @returns why it is refused; undefined where it may go on
 */
export function refusedAddress(request: IncomingMessage, port: number): Fault | undefined {
  // A whole address in its place is for proxies, and would name a host beside Host.
  if (request.url?.startsWith('/') !== true) {
    return new Fault('host_not_allowed', 'Cannot answer: the request is one for a proxy', {
      why: 'Its target has to be a path.',
    });
  }
  const hosts = headersNamed('host', request);
  const own = OWN_NAMES.map((name) => `${name}:${port}`);
  if (hosts.length !== 1 || !own.includes(hosts[0]?.toLowerCase() ?? '')) {
    return new Fault('host_not_allowed', 'Cannot answer: the request was sent to another host', {
      why: 'The header Host has to name this server, once.',
      fix: `Use http://127.0.0.1:${port}.`,
    });
  }
  const origins = headersNamed('origin', request);
  const isOwnOrigin = origins.every((origin) => own.some((name) => origin === `http://${name}`));
  const site = request.headers['sec-fetch-site'];
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if (isOwnOrigin && isOwnSite) return undefined;
  return new Fault('origin_not_allowed', 'Cannot answer: the request comes from a page of another site', {
    why: 'This API is for programs, and no web page may use it.',
  });
}
