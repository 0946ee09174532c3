import { connect, type ConnectionOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TlsIdentity } from './served-at.ts';
import { type Identity, type TestAuthority, testAuthority } from './testing/certificates.ts';
import { ShelfGateway } from './testing/shelf-gateway.ts';
import { ADMIN } from './testing/shelf-keys.ts';

let authority: TestAuthority;
let stranger: TestAuthority;
let own: Identity;
let gateway: ShelfGateway | undefined;

beforeAll(async () => {
  [authority, stranger] = await Promise.all([testAuthority('ours'), testAuthority('another')]);
  own = await authority.issue([
    { type: 'dns', value: 'cavern.test' },
    { type: 'ip', value: '192.0.2.7' },
  ]);
});
afterEach(async () => {
  await gateway?.[Symbol.asyncDispose]();
  gateway = undefined;
});

const open = async (tls?: Partial<TlsIdentity>, address?: string): Promise<ShelfGateway> =>
  (gateway = await ShelfGateway.open({
    ...(tls === undefined ? {} : { tls: { ...own, ...tls } }),
    ...(address === undefined ? {} : { address }),
  }));

/** The status of an answer, or why there is none. */
function asked(host: string, options: ConnectionOptions = {}, headers = ''): Promise<string> {
  return new Promise((resolve) => {
    const port = gateway?.port ?? 0;
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: 'cavern.test',
      ca: authority.certificate,
      ...options,
    });
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    socket.on('error', (failure: NodeJS.ErrnoException) => resolve(failure.code ?? failure.message));
    socket.on('close', () => resolve(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'closed'));
    const own = `Host: ${host}\r\nAuthorization: Bearer ${ADMIN}\r\n${headers}Connection: close`;
    socket.write(`GET /api/v1/things/lamp HTTP/1.1\r\n${own}\r\n\r\n`);
  });
}

describe('a gateway over TLS', () => {
  it('answers under the names of its certificate and of this machine, and under no other', async () => {
    const { port, url } = await open({});
    expect(url).toBe(`https://127.0.0.1:${port}`);
    const status = async (name: string): Promise<string> => asked(`${name}:${port}`);
    expect([
      await status('cavern.test'),
      await status('192.0.2.7'),
      await status('127.0.0.1'),
      await status('attacker.example'),
      await status('192.0.2.8'),
      await asked('cavern.test'),
    ]).toEqual(['200', '200', '200', '403', '403', '403']);
  });

  it('refuses pages of other sites, also of its own name without TLS', async () => {
    const { port } = await open({});
    const from = (origin: string): Promise<string> => asked(`cavern.test:${port}`, {}, `Origin: ${origin}\r\n`);
    expect([
      await from(`https://cavern.test:${port}`),
      await from(`http://cavern.test:${port}`),
      await from('https://attacker.example'),
    ]).toEqual(['200', '403', '403']);
  });

  it('speaks nothing but TLS, and none of its old versions', async () => {
    const { port } = await open({});
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    expect(await asked(`cavern.test:${port}`, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' })).not.toMatch(/^\d/);
    expect(await asked(`cavern.test:${port}`, { maxVersion: 'TLSv1.2' })).toBe('200');
  });

  it('lets in only clients that the authority vouches for, where one is given', async () => {
    const { port } = await open({ clientAuthorities: authority.certificate });
    const host = `cavern.test:${port}`;
    const [good, others] = [await authority.issue([]), await stranger.issue([])];
    const as = ({ certificate, privateKey }: Identity): ConnectionOptions => ({ cert: certificate, key: privateKey });
    expect(await asked(host, as(good))).toBe('200');
    for (const refused of [await asked(host), await asked(host, as(others))]) expect(refused).not.toMatch(/^\d/);
  });
});

describe('an address of a network', () => {
  it('is served over TLS only', async () => {
    await expect(open(undefined, '0.0.0.0')).rejects.toMatchObject({ code: 'tls_needed' });
    await expect(open(undefined, '192.0.2.7')).rejects.toMatchObject({ code: 'tls_needed' });
    await expect(open({}, 'cavern.test')).rejects.toMatchObject({ code: 'invalid_address' });
    const { port } = await open({}, '0.0.0.0');
    expect(await asked(`cavern.test:${port}`)).toBe('200');
  });

  it('may be another of this machine’s own without', async () => {
    const { url, port } = await open(undefined, '127.0.0.2');
    expect(url).toBe(`http://127.0.0.2:${port}`);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

it.each([
  ['no certificate', async () => ({ certificate: 'none' })],
  ['no key', async () => ({ privateKey: 'none' })],
  ['the key of another', async () => ({ privateKey: (await authority.issue([])).privateKey })],
  ['no authority of clients', async () => ({ clientAuthorities: 'none' })],
])('with %s nothing is served', async (_what, change) => {
  await expect(open(await change())).rejects.toMatchObject({ code: 'tls_invalid' });
});
