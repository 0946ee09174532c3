import { describe, expect, it } from 'vitest';
import { forwardTarget, isHostOf, tunnelTarget } from './proxy-target.ts';

describe('the target of a request to the proxy', () => {
  it.each([
    ['example.org:443', { host: 'example.org', port: 443 }],
    ['EXAMPLE.org.:443', { host: 'example.org', port: 443 }],
    ['[::1]:8443', { host: '[::1]', port: 8443 }],
    ['0x7f000001:80', { host: '127.0.0.1', port: 80 }],
    ['2130706433:80', { host: '127.0.0.1', port: 80 }],
    ['0251.0376.0251.0376:80', { host: '169.254.169.254', port: 80 }],
    ['[::ffff:7f00:1]:80', { host: '[::ffff:7f00:1]', port: 80 }],
  ])('of CONNECT %s is read as it will be judged', (authority, target) => {
    expect(tunnelTarget(authority)).toEqual(target);
  });

  it.each([
    'example.org',
    '',
    ':443',
    'a:0',
    'a:65536',
    'user@a:443',
    'a b:443',
    'a/x:443',
    'a:80:443',
    'a%2eb:443',
    'ä:1',
  ])('is refused for CONNECT %j', (authority) => expect(tunnelTarget(authority)).toBeUndefined());

  it('of a plain request keeps the path as it was written', () => {
    expect(forwardTarget('http://a.test/x/../%41?q=//b#frag')).toEqual({
      host: 'a.test',
      port: 80,
      path: '/x/../%41?q=//b',
    });
    expect(forwardTarget('HTTP://A.test:8080?q')).toEqual({ host: 'a.test', port: 8080, path: '/?q' });
    expect(forwardTarget('http://a.test')).toEqual({ host: 'a.test', port: 80, path: '/' });
  });

  it.each([
    '/path',
    '*',
    'https://a.test/',
    'ftp://a.test/',
    'http:///x',
    'http://u:p@a.test/',
    'http://a.test\\@b.test/',
  ])('is refused for %j', (url) => expect(forwardTarget(url)).toBeUndefined());

  it('is what Host has to name', () => {
    const target = { host: 'a.test', port: 80 };
    expect(['a.test', 'A.TEST:80', 'a.test.'].every((host) => isHostOf(host, target, 80))).toBe(true);
    expect(['b.test', 'a.test:81', '', 'a.test, b.test'].some((host) => isHostOf(host, target, 80))).toBe(false);
  });
});
