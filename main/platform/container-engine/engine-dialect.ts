import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  ContainerEvent,
  ContainerLimits,
  ContainerMount,
  EngineIdentity,
} from '../../kernel/sandboxes/container-runtime.ts';
import type { SeccompProfile } from '../../kernel/sandboxes/seccomp.ts';

type TmpfsMount = Extract<ContainerMount, { kind: 'tmpfs' }>;

interface Ulimit {
  readonly Name: string;
  readonly Soft: number;
  readonly Hard: number;
}

/** Everything in which engines that speak the same interface differ; tried on Docker 20.10 and Podman 4.3 (recipes/containers.md). */
export interface EngineDialect {
  /** The value of the security option `seccomp=`. */
  seccompOption(profile: SeccompProfile): Promise<string>;
  ulimits(limits: ContainerLimits): readonly Ulimit[];
  /** The mount options that let a user write to a temporary folder of its own. */
  tmpfsOwner(owner: TmpfsMount): string;
  /** What closes the temporary folders that the engine adds by itself, without a limit: they would be as large as memory. */
  readonly engineTmpfs: Readonly<Record<string, string>>;
  eventAction(action: string): ContainerEvent['action'] | undefined;
}

const ACTIONS: ReadonlyMap<string, ContainerEvent['action']> = new Map([
  ['start', 'start'],
  ['die', 'die'],
  ['died', 'die'],
  ['oom', 'oom'],
  ['pause', 'pause'],
  ['unpause', 'unpause'],
  ['destroy', 'destroy'],
  ['remove', 'destroy'],
]);

/** `scratchFolder` is where files lie that the engine's service reads. */
export function dialectOf(kind: EngineIdentity['kind'], scratchFolder: string): EngineDialect {
  return kind === 'docker' ? docker : podman(scratchFolder);
}

const docker: EngineDialect = {
  seccompOption: (profile) => Promise.resolve(JSON.stringify(profile)),
  ulimits: commonUlimits,
  engineTmpfs: {},
  tmpfsOwner: ({ mode, uid, gid }) => `mode=${mode.toString(8)},uid=${uid},gid=${gid}`,
  eventAction: (action) => ACTIONS.get(action),
};

/** Processes of one user on the whole machine; the container's own limit is the control group's. */
const PROCESSES_OF_USER = { Name: 'nproc', Soft: 4096, Hard: 8192 };

function podman(scratchFolder: string): EngineDialect {
  const written = new Map<string, Promise<string>>();
  return {
    /** Podman's service wants the path of a file where Docker wants the text. */
    seccompOption(profile) {
      const text = JSON.stringify(profile);
      const name = `seccomp-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`;
      const path = join(scratchFolder, name);
      const writing = written.get(name) ?? writeShared(scratchFolder, path, text);
      written.set(name, writing);
      return writing;
    },
    /** Without both limits Podman takes its own, which it may not be allowed to set ("error setting rlimit type 7"). */
    ulimits: (limits) => [...commonUlimits(limits), PROCESSES_OF_USER],
    /** It knows no owner; nobody but the one user is inside. Were the image's folder copied up, its mode would be taken too. */
    tmpfsOwner: () => 'mode=1777,notmpcopyup',
    engineTmpfs: { '/var/tmp': 'ro,size=4096,mode=555,notmpcopyup' },
    eventAction: (action) => ACTIONS.get(action),
  };
}

async function writeShared(folder: string, path: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await writeFile(path, text, { mode: 0o644 });
  return path;
}

function commonUlimits(limits: ContainerLimits): readonly Ulimit[] {
  const { openFiles, fileSizeBytes } = limits;
  return [
    { Name: 'nofile', Soft: openFiles, Hard: openFiles },
    { Name: 'core', Soft: 0, Hard: 0 },
    ...(fileSizeBytes === undefined ? [] : [{ Name: 'fsize', Soft: fileSizeBytes, Hard: fileSizeBytes }]),
  ];
}
