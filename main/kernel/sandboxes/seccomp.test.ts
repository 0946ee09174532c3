import { describe, expect, it } from 'vitest';
import type { SeccompDocument } from '../../../schema/profile.ts';
import { seccompProfile } from './seccomp.ts';

const documents = new Map<string, SeccompDocument>([
  [
    'base',
    {
      name: 'base',
      about: 'For tests',
      allow: { files: [['write', 'read'], ['read']], processes: [['execve', 'mknod']] },
      socketFamilies: ['unix', 'netlink'],
      processes: 'any',
      personalities: [0, 8],
      absent: ['clone3'],
    },
  ],
  [
    'tight',
    { name: 'tight', about: 'x', extends: 'base', deny: ['mknod'], socketFamilies: ['unix'], processes: 'threads' },
  ],
  ['ring', { name: 'ring', about: 'x', extends: 'ring' }],
  ['lost', { name: 'lost', about: 'x', extends: 'nowhere' }],
]);

const clone = (value: number, valueTwo: number) => ({
  names: ['clone'],
  action: 'SCMP_ACT_ALLOW',
  args: [{ index: 0, value, valueTwo, op: 'SCMP_CMP_MASKED_EQ' }],
});

describe('seccompProfile', () => {
  it('refuses all but what is listed, new namespaces among it', () => {
    expect(seccompProfile('base', documents)).toEqual({
      defaultAction: 'SCMP_ACT_ERRNO',
      defaultErrnoRet: 1,
      syscalls: [
        { names: ['execve', 'mknod', 'read', 'write', 'fork', 'vfork'], action: 'SCMP_ACT_ALLOW' },
        clone(2114060288, 0),
        {
          names: ['personality'],
          action: 'SCMP_ACT_ALLOW',
          args: [{ index: 0, value: 0, valueTwo: 0, op: 'SCMP_CMP_EQ' }],
        },
        {
          names: ['personality'],
          action: 'SCMP_ACT_ALLOW',
          args: [{ index: 0, value: 8, valueTwo: 0, op: 'SCMP_CMP_EQ' }],
        },
        {
          names: ['socket', 'socketpair'],
          action: 'SCMP_ACT_ALLOW',
          args: [{ index: 0, value: 1, valueTwo: 0, op: 'SCMP_CMP_EQ' }],
        },
        {
          names: ['socket', 'socketpair'],
          action: 'SCMP_ACT_ALLOW',
          args: [
            { index: 0, value: 16, valueTwo: 0, op: 'SCMP_CMP_EQ' },
            { index: 2, value: 0, valueTwo: 0, op: 'SCMP_CMP_EQ' },
          ],
        },
        { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
      ],
    });
  });

  it('takes over what it extends, without what it denies, and allows threads alone', () => {
    const { syscalls } = seccompProfile('tight', documents);
    expect(syscalls.slice(0, 2)).toEqual([
      { names: ['execve', 'read', 'write'], action: 'SCMP_ACT_ALLOW' },
      clone(2114060288 + 65536, 65536),
    ]);
    expect(syscalls.filter((rule) => rule.names.includes('socket'))).toHaveLength(1);
  });

  it('says which document is wrong', () => {
    expect(() => seccompProfile('ring', documents)).toThrow('Cannot use seccomp profile "ring": it extends itself');
    expect(() => seccompProfile('lost', documents)).toThrow('Cannot use seccomp profile "nowhere": there is no such');
  });
});
