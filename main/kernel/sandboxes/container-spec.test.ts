import { describe, expect, it } from 'vitest';
import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import { type SandboxLayout, containerSpec, removalSpec } from './container-spec.ts';
import type { Profile } from './profiles.ts';
import type { SeccompProfile } from './seccomp.ts';

const seccomp: SeccompProfile = { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 1, syscalls: [] };

const profile: Profile = {
  name: 'workspace',
  about: 'For tests',
  image: 'cavern/workspace:latest',
  network: 'none',
  memoryBytes: 4 * 1024 ** 3,
  cpus: 2,
  pids: 1024,
  openFiles: 4096,
  diskBytes: 20 * 1024 ** 3,
  fileSizeBytes: 8 * 1024 ** 3,
  tmpBytes: 1024 ** 3,
  homeBytes: 512 * 1024 ** 2,
  timeLimitMs: undefined,
  callTimeLimitMs: undefined,
  seccomp,
};

const layout: SandboxLayout = {
  sandbox: 'box' as SandboxId, // Ids are branded; these are test data.
  session: 'work' as SessionId, // The same.
  ownership: { owner: '1000', home: 'abc', instance: 'run' },
  user: { uid: 1000, gid: 1000 },
  workspace: { volume: 'cavern-box' },
  agentFolder: '/app/agent',
  pluginsFolder: '/app/plugins',
  installedFolder: '/home/plugins',
  identityFolder: '/home/identity',
  socketFolder: '/home/ipc/box',
};

describe('containerSpec', () => {
  it('says everything that every sandbox has, whatever its profile', () => {
    expect(containerSpec(profile, layout)).toEqual({
      name: 'cavern-box',
      image: 'cavern/workspace:latest',
      labels: {
        'dev.cavern.owner': '1000',
        'dev.cavern.home': 'abc',
        'dev.cavern.instance': 'run',
        'dev.cavern.session': 'work',
        'dev.cavern.sandbox': 'box',
        'dev.cavern.profile': 'workspace',
      },
      argv: ['node', '--max-old-space-size=192', '/opt/cavern/agent/agent.cjs'],
      env: {
        CAVERN_SOCKET: '/run/cavern/kernel.sock',
        CAVERN_SESSION: 'work',
        CAVERN_SANDBOX: 'box',
        HOME: '/home/cavern',
        USER: 'cavern',
        LANG: 'C.UTF-8',
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      },
      user: { uid: 1000, gid: 1000 },
      hostname: 'cavern',
      workingFolder: '/workspace',
      mounts: [
        { kind: 'volume', volume: 'cavern-box', target: '/workspace', access: 'write' },
        { kind: 'bind', source: '/app/agent', target: '/opt/cavern/agent', access: 'read' },
        { kind: 'bind', source: '/app/plugins', target: '/opt/cavern/plugins', access: 'read' },
        { kind: 'bind', source: '/home/plugins', target: '/opt/cavern/installed', access: 'read' },
        { kind: 'bind', source: '/home/identity/passwd', target: '/etc/passwd', access: 'read' },
        { kind: 'bind', source: '/home/identity/group', target: '/etc/group', access: 'read' },
        { kind: 'bind', source: '/home/identity/hosts', target: '/etc/hosts', access: 'read' },
        { kind: 'bind', source: '/home/identity/gitconfig', target: '/etc/gitconfig', access: 'read' },
        { kind: 'bind', source: '/home/ipc/box', target: '/run/cavern', access: 'read' },
        { kind: 'tmpfs', target: '/tmp', sizeBytes: 1024 ** 3, mode: 0o1777, uid: 0, gid: 0 },
        { kind: 'tmpfs', target: '/run/secrets', sizeBytes: 1024 ** 2, mode: 0o700, uid: 1000, gid: 1000 },
        { kind: 'tmpfs', target: '/home/cavern', sizeBytes: 512 * 1024 ** 2, mode: 0o700, uid: 1000, gid: 1000 },
      ],
      limits: {
        memoryBytes: 4 * 1024 ** 3,
        cpus: 2,
        pids: 1024,
        openFiles: 4096,
        fileSizeBytes: 8 * 1024 ** 3,
        sharedMemoryBytes: 64 * 1024 ** 2,
      },
      seccomp,
      rootFilesystem: 'read-only',
      network: 'none',
      namespaces: 'private',
      newPrivileges: 'never',
      capabilities: [],
    });
  });

  it('gives a restricted profile no network interface either', () => {
    const { env, ...restricted } = containerSpec({ ...profile, network: 'restricted' }, layout);
    const { env: plain, ...none } = containerSpec(profile, layout);
    expect(restricted).toEqual(none);
    expect(env).toMatchObject({
      ...plain,
      https_proxy: 'http://127.0.0.1:3128',
      CAVERN_PROXY: '/run/cavern/proxy.sock',
    });
  });

  it('binds the folder of a copy where there is no overlay', () => {
    const [workspace] = containerSpec(profile, { ...layout, workspace: { folder: '/home/sessions/work/copy' } }).mounts;
    expect(workspace).toEqual({
      kind: 'bind',
      source: '/home/sessions/work/copy',
      target: '/workspace',
      access: 'write',
    });
  });

  it('keeps the agent well below the memory of a small profile', () => {
    expect(containerSpec({ ...profile, memoryBytes: 128 * 1024 ** 2 }, layout).argv[1]).toBe('--max-old-space-size=64');
  });
});

describe('removalSpec', () => {
  it('has one capability and one folder, and no socket, network or workspace', () => {
    const spec = removalSpec({
      image: 'i',
      folder: '/home/sessions/x',
      names: ['work'],
      labels: {},
      name: 'n',
      seccomp,
    });
    expect({ mounts: spec.mounts, capabilities: spec.capabilities, network: spec.network, argv: spec.argv }).toEqual({
      mounts: [{ kind: 'bind', source: '/home/sessions/x', target: '/remove', access: 'write' }],
      capabilities: ['DAC_OVERRIDE'],
      network: 'none',
      argv: ['rm', '-rf', '--one-file-system', '--', '/remove/work'],
    });
  });
});
