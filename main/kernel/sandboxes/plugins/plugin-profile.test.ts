import { expect, it } from 'vitest';
import type { Profile } from '../profiles.ts';
import { testProfile } from '../testing/sandbox-fixture.ts';
import { pluginGroups, pluginProfile } from './plugin-profile.ts';

const wanted: Profile = {
  ...testProfile,
  name: 'agent',
  network: 'restricted',
  memoryBytes: 2 * 1024 ** 3,
  cpus: 0.5,
  timeLimitMs: 300_000,
  cacheBytes: 1000,
};
const session: Profile = { ...testProfile, network: 'restricted', image: 'team/image:1', env: { CI: '1' } };

it('a plugin gets what its profile gives, of nothing more than its session, on the session’s image and without its caches', () => {
  expect(pluginProfile(wanted, session, ['packages'])).toEqual({
    ...wanted,
    image: 'team/image:1',
    memoryBytes: session.memoryBytes,
    cpus: 0.5,
    timeLimitMs: undefined,
    cacheBytes: undefined,
    env: { CI: '1' },
  });
});

it.each([
  ['its session has none', wanted, { ...session, network: 'none' as const }, ['packages']],
  ['its profile has none', { ...wanted, network: 'none' as const }, session, ['packages']],
  ['its manifest names no hosts', wanted, session, []],
])('a plugin has no network where %s', (_why, ofPlugin, ofSession, hosts) => {
  expect(pluginProfile(ofPlugin, ofSession, hosts).network).toBe('none');
});

it('a plugin reaches the hosts of its manifest, and of those only what its session may', () => {
  expect(pluginGroups(['packages', 'models'], undefined)).toEqual(['packages', 'models']);
  expect(pluginGroups(['packages', 'models'], ['models', 'pages'])).toEqual(['models']);
});
