import { type Attempt, silent } from './attempt.ts';

/** Hosts that the policy of the battery lists; what their names lead to is `hostileNames`'s to say. */
export const LISTED_HOSTS = [
  'rebound.test',
  'metadata.test',
  'mixed.test',
  'mapped.test',
  '*.internal.test',
  'localhost',
];

/** A name service of the attacker's: every listed name leads where it must not, one of them elsewhere the second time. */
export function hostileNames(): (name: string) => Promise<readonly string[]> {
  let rebound = 0;
  return async (name) => (name === 'rebound.test' && rebound++ === 0 ? ['192.0.2.1'] : addressesOf(name));
}

function addressesOf(name: string): readonly string[] {
  if (name === 'rebound.test') return ['127.0.0.1'];
  if (name === 'mixed.test') return ['8.8.8.8', '127.0.0.1'];
  if (name === 'mapped.test') return ['::ffff:169.254.169.254'];
  if (name === 'localhost') return ['127.0.0.1', '::1'];
  return ['169.254.169.254'];
}

/** Past the proxy, from a sandbox without a network and from one with. */
export const DIRECT_ATTEMPTS: readonly Attempt[] = [
  silent(
    'reaches a metadata service directly',
    'timeout 3 bash -c "exec 3<>/dev/tcp/169.254.169.254/80" && echo reached',
  ),
  silent(
    'reaches the host by the engine’s bridge',
    'for host in 172.17.0.1 10.88.0.1 192.168.65.2; do timeout 2 bash -c "exec 3<>/dev/tcp/$host/22" && echo reached; done',
  ),
  silent('sends a datagram out', 'timeout 2 bash -c "echo x > /dev/udp/8.8.8.8/53" && echo sent'),
  silent('resolves a name', `timeout 5 node -e 'require("dns").lookup("example.org", (e, a) => a && console.log(a))'`),
  silent(
    'reaches the internet over IPv6',
    `timeout 5 node -e 'require("net").connect(443, "2606:4700::1111").on("connect", () => console.log("reached")).on("error", () => {})'`,
  ),
  silent('adds an interface', 'ip link add x type dummy && echo added; ls /sys/class/net | grep -v ^lo$'),
];

const asking = (request: string): string =>
  `printf '${request}' | timeout 10 node -e 'const s = require("net").connect(3128, "127.0.0.1"); process.stdin.pipe(s); s.on("data", (b) => process.stdout.write(b)).on("error", () => {})' | head -1 | cut -c1-12`;

const asked = (name: string, request: string, refusal: RegExp, status = '40[03]'): Attempt => ({
  name,
  script: asking(request),
  stopped: new RegExp(`^HTTP/1\\.1 (${status})\\n$`),
  refusal,
});

/** Through the proxy. */
export const PROXY_ATTEMPTS: readonly Attempt[] = [
  asked(
    'asks the proxy for a metadata address',
    'GET http://169.254.169.254/latest/ HTTP/1.1\\r\\nHost: 169.254.169.254\\r\\n\\r\\n',
    /no group of the policy lists 169\.254/,
  ),
  asked(
    'writes a metadata address as one number',
    'GET http://2852039166/latest/ HTTP/1.1\\r\\nHost: 2852039166\\r\\n\\r\\n',
    /no group of the policy lists 169\.254/,
  ),
  asked(
    'asks for a listed name that leads to a metadata service',
    'GET http://metadata.test/ HTTP/1.1\\r\\nHost: metadata.test\\r\\n\\r\\n',
    /169\.254\.169\.254 is not an address of the public internet/,
  ),
  asked(
    'asks for a name below a listed one that leads there',
    'GET http://a.internal.test/ HTTP/1.1\\r\\nHost: a.internal.test\\r\\n\\r\\n',
    /169\.254\.169\.254 is not an address/,
  ),
  asked(
    'hides a private address among public ones',
    'CONNECT mixed.test:443 HTTP/1.1\\r\\nHost: mixed.test:443\\r\\n\\r\\n',
    /127\.0\.0\.1 is not an address/,
  ),
  asked(
    'hides an address in one of IPv6',
    'CONNECT mapped.test:443 HTTP/1.1\\r\\nHost: mapped.test:443\\r\\n\\r\\n',
    /::ffff:169\.254\.169\.254 is not an address/,
  ),
  asked(
    'asks for the host’s own loopback',
    'CONNECT localhost:443 HTTP/1.1\\r\\nHost: localhost:443\\r\\n\\r\\n',
    /(127\.0\.0\.1|::1) is not an address/,
  ),
  asked(
    'rebinds a name: the first answer',
    'CONNECT rebound.test:443 HTTP/1.1\\r\\nHost: rebound.test:443\\r\\n\\r\\n',
    /192\.0\.2\.1 is not an address/,
  ),
  asked(
    'rebinds a name: the second answer',
    'CONNECT rebound.test:443 HTTP/1.1\\r\\nHost: rebound.test:443\\r\\n\\r\\n',
    /127\.0\.0\.1 is not an address/,
  ),
  asked(
    'asks for a host that is not listed',
    'CONNECT evil.test:443 HTTP/1.1\\r\\nHost: evil.test:443\\r\\n\\r\\n',
    /no group of the policy lists evil\.test:443/,
  ),
  asked(
    'asks for a port that is not listed',
    'CONNECT rebound.test:22 HTTP/1.1\\r\\nHost: rebound.test:22\\r\\n\\r\\n',
    /no group of the policy lists rebound\.test:22/,
  ),
  asked(
    'names one host and means another',
    'GET http://rebound.test/ HTTP/1.1\\r\\nHost: evil.test\\r\\n\\r\\n',
    /Host names another target/,
  ),
  asked(
    'smuggles a second request past the first',
    'POST http://rebound.test/ HTTP/1.1\\r\\nHost: rebound.test\\r\\nContent-Length: 3\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\nGET',
    /not a request to a proxy/,
  ),
  asked('speaks another protocol to the proxy', '\\x05\\x01\\x00\\r\\n\\r\\n', /not a request to a proxy/),
  asked(
    'asks the proxy for a file',
    'GET file:///etc/passwd HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n',
    /not a request to a proxy/,
  ),
  asked(
    'sends the proxy endless headers',
    'GET http://rebound.test/ HTTP/1.1\\r\\nX: %040000d\\r\\n\\r\\n',
    /HPE_HEADER_OVERFLOW/,
  ),
];
