import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GatewaySettings } from '../../schema/contract/app.ts';
import { type Identity, testAuthority } from '../hosts/http/testing/certificates.ts';
import { checkServedPlace, servedPlace } from './served-place.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NONE: GatewaySettings = { address: '', certificate: '', privateKey: '', clientAuthorities: '' };
const now = { now: () => Date.now() };

let folder = '';
let own: Identity;
let authority = '';
const at = (name: string): string => join(folder, name);
const tls = (change: Partial<GatewaySettings> = {}): GatewaySettings => ({
  ...NONE,
  certificate: at('server.pem'),
  privateKey: at('server.key'),
  ...change,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-place-'));
  const ours = await testAuthority('ours');
  own = await ours.issue([{ type: 'dns', value: 'cavern.test' }]);
  const other = await ours.issue([{ type: 'dns', value: 'cavern.test' }]);
  authority = ours.certificate;
  writeFileSync(at('server.pem'), own.certificate);
  writeFileSync(at('server.key'), own.privateKey, { mode: 0o600 });
  writeFileSync(at('other.key'), other.privateKey, { mode: 0o600 });
  writeFileSync(at('clients.pem'), authority);
  writeFileSync(at('text.pem'), 'hello\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('where the settings want the gateway', () => {
  test('is as usual where they name nothing', async () => {
    expect(await servedPlace(NONE)).toEqual({});
  });

  test('is their address, with what their files hold now', async () => {
    const { certificate, privateKey } = own;
    const settings = tls({ address: '0.0.0.0', clientAuthorities: at('clients.pem') });
    await expect(checkServedPlace(settings, now)).resolves.toBeUndefined();
    expect(await servedPlace(settings)).toEqual({
      address: '0.0.0.0',
      tls: { certificate, privateKey, clientAuthorities: authority },
    });
  });

  test('goes behind what the command line ordered, whose files alone are read', async () => {
    const ordered = { tls: own };
    const gone = tls({ address: '127.0.0.2', certificate: at('gone.pem') });
    expect(await servedPlace(gone, ordered)).toEqual({ address: '127.0.0.2', tls: own });
    expect(await servedPlace(gone, { ...ordered, address: '127.0.0.3' })).toEqual({ address: '127.0.0.3', tls: own });
  });
});

describe('settings that nothing could be served with', () => {
  test.each([
    ['an address that is none', () => ({ ...NONE, address: 'cavern.test' }), 'it is no address of a network'],
    ['a network without TLS', () => ({ ...NONE, address: '192.0.2.7' }), 'other machines are served over TLS only'],
    ['a certificate without its key', () => tls({ privateKey: '' }), 'it takes both'],
    ['authorities of clients alone', () => ({ ...NONE, clientAuthorities: at('clients.pem') }), 'it takes both'],
    ['a file that is not there', () => tls({ certificate: at('gone.pem') }), 'gone.pem" cannot be read'],
    ['a path that depends on the folder', () => tls({ certificate: 'server.pem' }), 'is no absolute path'],
    ['a certificate that is none', () => tls({ certificate: at('text.pem') }), 'the certificate cannot be read'],
    ['a key that is none', () => tls({ privateKey: at('text.pem') }), 'the private key cannot be read'],
    ['the key of another certificate', () => tls({ privateKey: at('other.key') }), 'not that of the certificate'],
    ['authorities that are none', () => tls({ clientAuthorities: at('text.pem') }), 'authority of clients cannot be'],
  ])('are refused with what, why and fix: %s', async (_what, settings, why) => {
    await expect(checkServedPlace(settings(), now)).rejects.toMatchObject({
      code: 'invalid_setting',
      message: 'Cannot change the settings: the gateway could not be served with them',
      why: expect.stringContaining(why),
      fix: expect.any(String),
    });
  });

  test.each([
    ['has ended', 2 * DAY_MS],
    ['is not in force yet', -2 * DAY_MS],
  ])('are refused where the certificate %s', async (state, laterMs) => {
    const then = { now: () => Date.now() + laterMs };
    await expect(checkServedPlace(tls(), then)).rejects.toMatchObject({ why: expect.stringContaining(state) });
  });
});
