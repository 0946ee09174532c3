import { describe, expect, it } from 'vitest';
import { isPublicAddress } from './address-scope.ts';

describe('isPublicAddress', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '192.0.1.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('is true for %s', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ['this machine', ['127.0.0.1', '127.9.9.9', '0.0.0.0', '::1', '::']],
    ['private networks', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12::1']],
    ['a cloud’s metadata service', ['169.254.169.254', 'fd00:ec2::254', '100.100.100.200', '192.0.0.192']],
    ['its own link', ['169.254.1.1', 'fe80::1', 'fe80::1%eth0']],
    ['an IPv4 address in another dress', ['::ffff:127.0.0.1', '::127.0.0.1', '64:ff9b::a9fe:a9fe', '2002:7f00:1::']],
    ['everybody, or nobody', ['224.0.0.1', '255.255.255.255', 'ff02::1', '240.0.0.1', '2001:db8::1', '203.0.113.1']],
    ['what is no address', ['', 'localhost', '127.1', '0x7f000001']],
  ])('refuses %s', (_what, addresses) => expect(addresses.filter(isPublicAddress)).toEqual([]));
});
