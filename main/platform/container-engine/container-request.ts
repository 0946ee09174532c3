import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import type { ContainerMount, ContainerSpec } from '../../kernel/sandboxes/container-runtime.ts';
import type { EngineDialect } from './engine-dialect.ts';

/** What the engines' interface is sent for a container. */
export async function containerRequest(spec: ContainerSpec, dialect: EngineDialect): Promise<ContainerCreateOptions> {
  return {
    name: spec.name,
    Image: spec.image,
    Labels: { ...spec.labels },
    Entrypoint: [],
    Cmd: [...spec.argv],
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    User: `${spec.user.uid}:${spec.user.gid}`,
    Hostname: spec.hostname,
    WorkingDir: spec.workingFolder,
    // With it Docker makes a bare namespace; without, a network of no interfaces, which takes 100 ms more.
    NetworkDisabled: true,
    Tty: false,
    OpenStdin: false,
    // Podman asks before it removes, and an engine that is itself told to stop does: nothing inside listens, or is worth waiting for.
    StopSignal: 'SIGKILL',
    HostConfig: await hostConfig(spec, dialect),
  };
}

/** `CgroupnsMode` is in the interface since 1.41 and missing in the types. */
type HostConfigNow = HostConfig & { CgroupnsMode: 'private' };

async function hostConfig(spec: ContainerSpec, dialect: EngineDialect): Promise<HostConfigNow> {
  return {
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    CapAdd: [...spec.capabilities],
    Privileged: false,
    SecurityOpt: ['no-new-privileges', `seccomp=${await dialect.seccompOption(spec.seccomp)}`],
    NetworkMode: spec.network,
    IpcMode: 'private',
    CgroupnsMode: 'private',
    Memory: spec.limits.memoryBytes,
    MemorySwap: spec.limits.memoryBytes,
    ...(spec.limits.sharedMemoryBytes === undefined ? {} : { ShmSize: spec.limits.sharedMemoryBytes }),
    NanoCpus: Math.round(spec.limits.cpus * 1e9),
    PidsLimit: spec.limits.pids,
    Ulimits: [...dialect.ulimits(spec.limits)],
    Mounts: spec.mounts.flatMap(mountSettings),
    Tmpfs: {
      ...dialect.engineTmpfs,
      ...Object.fromEntries(spec.mounts.flatMap((mount) => tmpfsEntry(mount, dialect))),
    },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
    RestartPolicy: { Name: 'no' },
  };
}

function mountSettings(mount: ContainerMount): MountSettings[] {
  switch (mount.kind) {
    case 'volume':
      // Copying the image's folder into a new volume would mount it once more, and write into the session's layer.
      return [
        {
          Type: 'volume',
          Source: mount.volume,
          Target: mount.target,
          ReadOnly: mount.access === 'read',
          VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } },
        },
      ];
    case 'bind':
      return [{ Type: 'bind', Source: mount.source, Target: mount.target, ReadOnly: mount.access === 'read' }];
    case 'tmpfs':
      return [];
  }
}

/** Programs are compiled and run in temporary folders, hence `exec`. */
function tmpfsEntry(mount: ContainerMount, dialect: EngineDialect): [string, string][] {
  if (mount.kind !== 'tmpfs') return [];
  return [[mount.target, `rw,exec,nosuid,nodev,size=${mount.sizeBytes},${dialect.tmpfsOwner(mount)}`]];
}
