import type { IncomingMessage } from 'node:http';
import { Fault } from '../../../schema/fault.ts';
import type { ServedAt } from './served-at.ts';

const DEFAULT_PORTS: Readonly<Record<ServedAt['scheme'], string>> = { http: '80', https: '443' };
const HOST = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;

/** Each time that a header is there; in the form that Node gives them in, one given twice would be one. */
function headersNamed(name: string, { rawHeaders }: IncomingMessage): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] ?? '';
    if (given.length === name.length && given.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  }
  return values;
}

/**
 * Judges where a request says that it goes and comes from: `Host` must be this server's own (DNS rebinding), and a page
 * (`Origin`, `Sec-Fetch-Site`) may call only the server that it came from, which serves none.
 * @returns why it is refused; undefined where it may go on
 */
export function refusedAddress(request: IncomingMessage, at: ServedAt): Fault | undefined {
  // A whole address in its place is for proxies, and would name a host beside Host.
  if (request.url?.startsWith('/') !== true) {
    return new Fault('host_not_allowed', 'Cannot answer: the request is one for a proxy', {
      why: 'Its target has to be a path.',
    });
  }
  const hosts = headersNamed('host', request);
  if (hosts.length !== 1 || !isOwnHost(hosts[0] ?? '', at)) {
    return new Fault('host_not_allowed', 'Cannot answer: the request was sent to another host', {
      why: 'The header Host has to name this server, once.',
      fix: `Use ${at.url}.`,
    });
  }
  const own = `${at.scheme}://`;
  const isOwnOrigin = headersNamed('origin', request).every(
    (origin) => origin.startsWith(own) && isOwnHost(origin.slice(own.length), at),
  );
  const site = request.headers['sec-fetch-site'];
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if (isOwnOrigin && isOwnSite) return undefined;
  return new Fault('origin_not_allowed', 'Cannot answer: the request comes from a page of another site', {
    why: 'This API is for programs, and no web page may use it.',
  });
}

function isOwnHost(host: string, { scheme, port, place, isOwnName }: ServedAt): boolean {
  // What nearly everybody writes.
  if (host === place) return true;
  const [, name, given = DEFAULT_PORTS[scheme]] = HOST.exec(host.toLowerCase()) ?? [];
  return name !== undefined && given === String(port) && isOwnName(name);
}
