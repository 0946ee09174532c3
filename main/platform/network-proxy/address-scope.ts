import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IANA's registry of special IPv4 addresses, and what is no unicast address: nothing of it is a host of the public internet. */
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
] as const;

/** Global unicast is 2000::/3 (RFC 4291); these parts of it lead elsewhere: protocol assignments, documentation, 6to4. */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'] as const;

const special = new BlockList();
const global6 = new BlockList();
for (const range of SPECIAL_IPV4) addRange(special, range, 'ipv4');
for (const range of SPECIAL_IPV6) addRange(special, range, 'ipv6');
addRange(global6, '2000::/3', 'ipv6');

/** True for an address of the public internet: not private, local, of a metadata service, multicast or otherwise special. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special.check(address, 'ipv4');
  // A mapped IPv4 address is outside of 2000::/3, and so is everything that is not global unicast.
  return isIPv6(address) && !address.includes('%') && global6.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

function addRange(list: BlockList, range: string, family: 'ipv4' | 'ipv6'): void {
  const [net = '', bits = ''] = range.split('/');
  list.addSubnet(net, Number(bits), family);
}
