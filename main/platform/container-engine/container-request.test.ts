import { expect, it } from 'vitest';
import type { ContainerSpec } from '../../kernel/sandboxes/container-runtime.ts';
import { containerRequest } from './container-request.ts';
import { dialectOf } from './engine-dialect.ts';

const spec: ContainerSpec = {
  name: 'n',
  image: 'i',
  labels: { a: 'b' },
  argv: ['node', 'agent.cjs'],
  env: { HOME: '/h' },
  user: { uid: 1000, gid: 1001 },
  hostname: 'cavern',
  workingFolder: '/workspace',
  mounts: [
    { kind: 'volume', volume: 'v', target: '/workspace', access: 'write' },
    { kind: 'bind', source: '/s', target: '/t', access: 'read' },
    { kind: 'tmpfs', target: '/tmp', sizeBytes: 100, mode: 0o700, uid: 5, gid: 6 },
  ],
  limits: { memoryBytes: 1000, cpus: 0.5, pids: 7, openFiles: 8, fileSizeBytes: 9, sharedMemoryBytes: 10 },
  seccomp: { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 1, syscalls: [] },
  rootFilesystem: 'read-only',
  network: 'none',
  namespaces: 'private',
  newPrivileges: 'never',
  capabilities: [],
};

it('containerRequest asks Docker for the tightest container it has', async () => {
  expect(await containerRequest(spec, dialectOf('docker', '/nowhere'))).toEqual({
    name: 'n',
    Image: 'i',
    Labels: { a: 'b' },
    Entrypoint: [],
    Cmd: ['node', 'agent.cjs'],
    Env: ['HOME=/h'],
    User: '1000:1001',
    Hostname: 'cavern',
    WorkingDir: '/workspace',
    NetworkDisabled: true,
    Tty: false,
    OpenStdin: false,
    StopSignal: 'SIGKILL',
    HostConfig: {
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: [],
      Privileged: false,
      SecurityOpt: [
        'no-new-privileges',
        'seccomp={"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,"syscalls":[]}',
      ],
      NetworkMode: 'none',
      IpcMode: 'private',
      CgroupnsMode: 'private',
      Memory: 1000,
      MemorySwap: 1000,
      ShmSize: 10,
      NanoCpus: 500_000_000,
      PidsLimit: 7,
      Ulimits: [
        { Name: 'nofile', Soft: 8, Hard: 8 },
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'fsize', Soft: 9, Hard: 9 },
      ],
      Mounts: [
        {
          Type: 'volume',
          Source: 'v',
          Target: '/workspace',
          ReadOnly: false,
          VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } },
        },
        { Type: 'bind', Source: '/s', Target: '/t', ReadOnly: true },
      ],
      Tmpfs: { '/tmp': 'rw,exec,nosuid,nodev,size=100,mode=700,uid=5,gid=6' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
      RestartPolicy: { Name: 'no' },
    },
  });
});
