import { expect, test } from 'vitest';
import { holderOf } from './holder.ts';

const installed = { state: 'active', origin: 'installed', digest: 'd', signer: 'Acme' } as const;
const unsigned = { state: 'active', origin: 'installed', digest: 'd' } as const;
const acme = { name: 'Acme', publicKey: 'K' };

test('a plugin is who its signature proves, else the very package or folder that it is', () => {
  expect(holderOf(installed, acme)).toEqual({ kind: 'signed', publisher: 'Acme', proof: 'K' });
  const identity = { issuer: 'https://i', subject: 'a@b' };
  expect(holderOf(installed, { name: 'Acme', identity })).toMatchObject({ proof: 'a@b (https://i)' });
  expect(holderOf(unsigned, undefined)).toEqual({ kind: 'unsigned', digest: 'd' });
  expect(holderOf({ ...unsigned, development: '/src' }, undefined)).toEqual({ kind: 'development', folder: '/src' });
});

test('nobody is what came along, what is refused, and whose publisher is not trusted any more', () => {
  const known = [{ ...unsigned, origin: 'core' } as const, { ...installed, state: 'refused' } as const, installed];
  expect(known.map((plugin) => holderOf(plugin, undefined))).toEqual([undefined, undefined, undefined]);
});
