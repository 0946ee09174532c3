/** Where a request wants to go. */
export interface ProxyTarget {
  /** In lower case, without a final dot; numbers in any notation as a plain address; an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
}

/** A plain HTTP request to a proxy, with what the origin is asked for, as it was written. */
export interface ForwardTarget extends ProxyTarget {
  readonly path: string;
}

const HTTP_PORT = 80;

/** Of `host:port`, as `CONNECT` has it; undefined for anything else. */
export function tunnelTarget(authority: string): ProxyTarget | undefined {
  return /:[0-9]{1,5}$/.test(authority) ? targetOf(authority) : undefined;
}

/** Of an absolute `http:` address; undefined for anything else. */
export function forwardTarget(url: string): ForwardTarget | undefined {
  const parts = /^http:\/\/([^/?#]+)([/?][^#]*)?(#.*)?$/i.exec(url);
  const target = targetOf(parts?.[1] ?? '');
  if (target === undefined) return undefined;
  const path = parts?.[2] ?? '/';
  return { ...target, path: path.startsWith('?') ? `/${path}` : path };
}

/** True where a `Host` header names the same place. */
export function isHostOf(header: string, target: ProxyTarget, defaultPort: number): boolean {
  const named = targetOf(header, defaultPort);
  return named !== undefined && named.host === target.host && named.port === target.port;
}

function targetOf(authority: string, defaultPort = HTTP_PORT): ProxyTarget | undefined {
  // No user, no spaces, nothing that the address parser would drop in silence.
  if (!/^([\w.-]+|\[[0-9a-f:.]+\])(:[0-9]+)?$/i.test(authority)) return undefined;
  const port = /:([0-9]{1,5})$/.exec(authority)?.[1];
  const name = port === undefined ? authority : authority.slice(0, -port.length - 1);
  const number = port === undefined ? defaultPort : Number(port);
  const url = URL.canParse(`http://${name}/`) ? new URL(`http://${name}/`) : undefined;
  if (url === undefined || number < 1 || number > 65_535 || url.port !== '') return undefined;
  const host = url.hostname.replace(/\.$/, '');
  return host === '' ? undefined : { host, port: number };
}
