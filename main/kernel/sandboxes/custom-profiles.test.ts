import { describe, expect, it } from 'vitest';
import { allProfiles } from './custom-profiles.ts';

const text = (name: string, more = ''): string => `name: ${name}
about: For tests
image: cavern/workspace:latest
network: none
memory: 1GiB
cpus: 1
pids: 64
openFiles: 256
disk: 1GiB
fileSize: 1GiB
tmp: 16MiB
home: 16MiB
seccomp: standard
${more}`;
const files = {
  profiles: [{ name: 'workspace.yaml', text: text('workspace') }],
  seccomp: [{ name: 'standard.yaml', text: 'name: standard\nabout: x\nallow: { files: [[read]] }\n' }],
};

describe('allProfiles', () => {
  it('adds the operator’s own to those that come along', () => {
    const { profiles, problems } = allProfiles(files, [{ name: 'mine.yaml', text: text('mine') }]);
    expect([[...profiles.keys()], problems]).toEqual([['workspace', 'mine'], []]);
  });

  it.each([
    [
      'an unknown key',
      text('mine', 'privileged: true\n'),
      /^Cannot read mine\.yaml: line 14: privileged: unknown key$/,
    ],
    ['a size that is none', text('mine').replace('1GiB', 'lots'), /^Cannot read mine\.yaml: line 5: memory: /],
    ['a list of calls that is not there', text('mine').replace('standard', 'all'), /there is no such document/],
    ['the name of one that comes along', text('workspace'), /profile "workspace" is there already$/],
    ['what is no YAML', 'a: [', /^Cannot read mine\.yaml: line 1: /],
  ])('leaves out %s and says so; the others stay', (_what, wrong, message) => {
    const { profiles, problems } = allProfiles(files, [{ name: 'mine.yaml', text: wrong }]);
    expect([...profiles.keys()]).toEqual(['workspace']);
    expect(problems).toEqual([{ file: 'mine.yaml', message: expect.stringMatching(message) }]);
  });
});
