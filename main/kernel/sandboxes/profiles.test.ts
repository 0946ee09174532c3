import { describe, expect, it } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import { type ProfileFiles, readProfiles } from './profiles.ts';

const GOOD = `name: small
about: For tests
image: cavern/workspace:latest
network: none
memory: 1GiB
cpus: 0.5
pids: 64
openFiles: 1024
disk: 1.5MiB
fileSize: 512kB
tmp: 1MB
home: 1kB
timeLimit: 5m
seccomp: bare
`;
const BARE = 'name: bare\nabout: Nothing\nallow: {}\nsocketFamilies: []\nprocesses: threads\n';

const files = (profile: string, seccomp = BARE): ProfileFiles => ({
  profiles: [{ name: 'small.yaml', text: profile }],
  seccomp: [{ name: 'bare.yaml', text: seccomp }],
});

function problem(given: ProfileFiles): string {
  try {
    readProfiles(given);
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.message;
    throw thrown;
  }
  return 'none';
}

describe('readProfiles', () => {
  it('reads sizes as bytes and times as milliseconds', () => {
    const { seccomp, ...profile } = readProfiles(files(GOOD)).get('small') ?? {};
    expect(profile).toEqual({
      name: 'small',
      about: 'For tests',
      image: 'cavern/workspace:latest',
      network: 'none',
      memoryBytes: 1024 ** 3,
      cpus: 0.5,
      pids: 64,
      openFiles: 1024,
      diskBytes: 1_572_864,
      fileSizeBytes: 512_000,
      tmpBytes: 1_000_000,
      homeBytes: 1000,
      timeLimitMs: 300_000,
      callTimeLimitMs: undefined,
    });
    expect(seccomp?.defaultAction).toBe('SCMP_ACT_ERRNO');
  });

  it('names the file and the line of what is wrong', () => {
    expect({
      unknownKey: problem(files(`${GOOD}privileged: true\n`)),
      badValue: problem(files(GOOD.replace('pids: 64', 'pids: many'))),
      host: problem(files(GOOD.replace('network: none', 'network: host'))),
      missing: problem(files(GOOD.replace('memory: 1GiB\n', ''))),
      syntax: problem(files(GOOD.replace('about: For tests', 'about: [For'))),
      seccomp: problem(files(GOOD, BARE.replace('threads', 'all'))),
    }).toMatchInlineSnapshot(`
      {
        "badValue": "Cannot read small.yaml: line 7: pids: must be integer",
        "host": "Cannot read small.yaml: line 4: network: must be equal to constant",
        "missing": "Cannot read small.yaml: line 1: document: must have required property 'memory'",
        "seccomp": "Cannot read bare.yaml: line 5: processes: must be equal to constant",
        "syntax": "Cannot read small.yaml: line 3: Flow sequence in block collection must be sufficiently indented and end with a ] at line 3, column 1:",
        "unknownKey": "Cannot read small.yaml: line 15: privileged: unknown key",
      }
    `);
  });

  it('refuses a profile whose list of system calls is not there', () => {
    expect(problem(files(GOOD.replace('seccomp: bare', 'seccomp: none')))).toBe(
      'Cannot use seccomp profile "none": there is no such document in profiles/seccomp',
    );
  });
});
