import { describe, expect, it } from 'vitest';
import { narrowedProfile, readCave } from './cave.ts';
import { Caves } from './caves.ts';
import { testProfile } from './testing/sandbox-fixture.ts';

const profiles = new Map([
  ['workspace', testProfile],
  [
    'agent',
    { ...testProfile, name: 'agent', image: 'cavern/agent:1', network: 'restricted' as const, timeLimitMs: 60_000 },
  ],
]);
const read = (text: string) => readCave(text, profiles);
const one = (...lines: readonly string[]): string =>
  ['version: 1', 'sandboxes:', '  web:', ...lines.map((line) => `    ${line}`), ''].join('\n');

describe('readCave', () => {
  it('honours every key', () => {
    const text = one(
      'profile: agent',
      'start: [npm, run, dev]',
      'cpus: 0.5',
      'memory: 512MiB',
      'timeout: 30s',
      'disk: "500"',
      'groups: [registry]',
      'env: { NODE_ENV: test }',
      'labels: { team: web }',
    );
    const narrowing = {
      cpus: 0.5,
      memoryBytes: 512 * 1024 ** 2,
      timeLimitMs: 30_000,
      diskBytes: 500,
      groups: ['registry'],
      env: { NODE_ENV: 'test' },
      labels: { team: 'web' },
    };
    const cave = read(text);
    expect(cave).toEqual({
      errors: [],
      sandboxes: [{ name: 'web', profile: 'agent', narrowing, start: ['npm', 'run', 'dev'] }],
    });
    expect(narrowedProfile(testProfile, cave.sandboxes[0]?.narrowing)).toEqual({ ...testProfile, ...narrowing });
  });

  it('takes the profile whose image is named, and a network away', () => {
    expect(read(one('image: cavern/agent:1', 'network: none')).sandboxes).toEqual([
      { name: 'web', profile: 'agent', narrowing: { network: 'none' } },
    ]);
  });

  it.each([
    ['an unknown key', one('profile: agent', 'privileged: true'), 5, 5, 'The key "privileged" is unknown'],
    [
      'more memory',
      one('profile: agent', 'memory: 2GiB'),
      5,
      5,
      'Sandbox "web": memory is more than profile "agent" gives (1024 MiB)',
    ],
    [
      'more processors',
      one('profile: agent', 'cpus: 4'),
      5,
      5,
      'Sandbox "web": cpus is more than profile "agent" gives (1)',
    ],
    [
      'more time',
      one('profile: agent', 'timeout: 2m'),
      5,
      5,
      'Sandbox "web": timeout is more than profile "agent" gives (60 s)',
    ],
    [
      'more room',
      one('profile: agent', 'disk: "2000"'),
      5,
      5,
      'Sandbox "web": disk is more than profile "agent" gives (0 MiB)',
    ],
    [
      'a network that the profile has not',
      one('profile: workspace', 'network: restricted'),
      5,
      5,
      'Sandbox "web": profile "workspace" has no network',
    ],
    [
      'groups without a network',
      one('profile: workspace', 'groups: [a]'),
      5,
      5,
      'Sandbox "web": it has no network, and so no groups of hosts',
    ],
    [
      'a profile and an image',
      one('profile: agent', 'image: cavern/agent:1'),
      5,
      5,
      'Sandbox "web": it has a profile, which has an image',
    ],
    ['neither of them', one('cpus: 1'), 3, 3, 'Sandbox "web": it needs a profile or an image'],
    [
      'a foreign image',
      one('image: evil/image'),
      4,
      5,
      'Sandbox "web": the image "evil/image" is not allowed: no profile uses it',
    ],
    [
      'a variable of the agent’s',
      one('profile: agent', 'env: { NODE_OPTIONS: x }'),
      5,
      5,
      'Sandbox "web": the variable NODE_OPTIONS is Cavern\'s own',
    ],
    ['a key twice', one('profile: agent', 'profile: agent'), 5, 5, 'The key "profile" is there twice'],
    ['another version', 'version: 2\nsandboxes: {}\n', 1, 10, '"version" cannot be 2: it is one of 1'],
  ])('refuses %s with its place', (_what, text, line, column, message) => {
    expect(read(text)).toEqual({ sandboxes: [], errors: [{ line, column, message }] });
  });

  it('names a profile that is not there', () => {
    expect(read(one('profile: root')).errors).toEqual([
      { line: 4, column: 5, message: 'Sandbox "web": there is no profile "root"; there are agent, workspace' },
    ]);
  });
});

describe('Caves', () => {
  const caves = (text: string | undefined) => new Caves(async () => text, profiles);

  it('say where a file is wrong, what it names, and that there is none', async () => {
    await expect(caves(one('x: 1')).sandbox('/w', 'web')).rejects.toMatchObject({
      code: 'cave_invalid',
      message: expect.stringContaining('cave.yaml, line 4, column 5'),
    });
    await expect(caves(one('profile: agent')).sandbox('/w', 'db')).rejects.toMatchObject({
      code: 'cave_unknown',
      fix: 'It names: web.',
    });
    await expect(caves(undefined).sandbox('/w', 'web')).rejects.toMatchObject({ code: 'cave_unknown' });
    expect((await caves(one('profile: agent')).sandbox('/w', 'web')).profile).toBe('agent');
  });
});
