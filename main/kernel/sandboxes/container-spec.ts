import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import { cacheEnvironment } from './caches/package-caches.ts';
import type { ContainerMount, ContainerSpec } from './container-runtime.ts';
import { memoryFiles } from './memory-files.ts';
import type { Profile } from './profiles.ts';
import type { SandboxGrants } from './plugins/plugin-place.ts';
import { proxyEnvironment } from './sandbox-network.ts';

export const LABELS = {
  owner: 'dev.cavern.owner',
  home: 'dev.cavern.home',
  session: 'dev.cavern.session',
  sandbox: 'dev.cavern.sandbox',
  instance: 'dev.cavern.instance',
  profile: 'dev.cavern.profile',
  plugin: 'dev.cavern.plugin',
  entry: 'dev.cavern.entry',
  hosts: 'dev.cavern.hosts',
  workspace: 'dev.cavern.workspace',
  operator: 'dev.cavern.operator',
} as const;

/** Whose things they are: written on everything that is made, and how they are found again. */
export interface Ownership {
  /** The operator's uid. */
  readonly owner: string;
  /** A digest of the path of Cavern's home: instances with other homes do not touch these. */
  readonly home: string;
  /** This run of the program. */
  readonly instance: string;
}

/** All that differs from one sandbox to the next. */
export interface SandboxLayout {
  readonly sandbox: SandboxId;
  readonly session: SessionId;
  readonly ownership: Ownership;
  readonly user: { readonly uid: number; readonly gid: number };
  /** The overlay volume, or the folder of the copy. */
  readonly workspace: { readonly volume: string } | { readonly folder: string };
  readonly agentFolder: string;
  /** What came with the program. */
  readonly pluginsFolder: string;
  /** What the operator has installed; what comes later is seen as well. */
  readonly installedFolder: string;
  /** Of a sandbox that is one plugin's own: what names that plugin, the one folder of plugins that is seen in it, and what it was granted. */
  readonly own?: OwnSandbox | undefined;
  /** Holds `passwd` and `group`, which name the user inside, `hosts`, which names the sandbox, and `gitconfig` with the operator's name for commits. */
  readonly identityFolder: string;
  /** Holds `kernel.sock`, and `proxy.sock` where there is a network; nothing else. */
  readonly socketFolder: string;
  /** What the package managers of the workspace's sandboxes have fetched; absent where the profile has no cache. */
  readonly cacheFolder?: string | undefined;
}

export interface OwnSandbox extends Pick<SandboxGrants, 'workspace' | 'operator'> {
  readonly labels: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** Where things are inside. */
export const INSIDE = {
  workspace: '/workspace',
  agent: '/opt/cavern/agent',
  plugins: '/opt/cavern/plugins',
  installed: '/opt/cavern/installed',
  socketFolder: '/run/cavern',
  secrets: '/run/secrets',
  cache: '/var/cache/cavern',
  home: '/home/cavern',
  tmp: '/tmp',
} as const;

/** V8 meets its own limit before the control group's, which would end the whole sandbox with the agent. */
const AGENT_HEAP_MIB = 192;

/** Of a folder that nobody writes to. */
const EMPTY_BYTES = 4096;

/** A secret is 16 KiB at most. */
const SECRETS_BYTES = 1024 * 1024;

export function sandboxLabels(
  layout: Pick<SandboxLayout, 'sandbox' | 'session' | 'ownership'>,
): Record<string, string> {
  return {
    [LABELS.owner]: layout.ownership.owner,
    [LABELS.home]: layout.ownership.home,
    [LABELS.instance]: layout.ownership.instance,
    [LABELS.session]: layout.session,
    [LABELS.sandbox]: layout.sandbox,
  };
}

/** Everything an engine is told about a sandbox. What spec/sandbox.md calls "always, and not configurable" is here and nowhere else. */
export function containerSpec(profile: Profile, layout: SandboxLayout): ContainerSpec {
  return {
    name: `cavern-${layout.sandbox}`,
    image: profile.image,
    labels: {
      ...ownLabels(profile),
      ...sandboxLabels(layout),
      [LABELS.profile]: profile.name,
      ...layout.own?.labels,
    },
    argv: ['node', `--max-old-space-size=${agentHeapMib(profile)}`, `${INSIDE.agent}/agent.cjs`],
    env: environment(profile, layout),
    user: layout.user,
    hostname: 'cavern',
    workingFolder: INSIDE.workspace,
    mounts: mounts(profile, layout),
    limits: {
      memoryBytes: profile.memoryBytes,
      cpus: profile.cpus,
      pids: profile.pids,
      openFiles: profile.openFiles,
      fileSizeBytes: profile.fileSizeBytes,
      sharedMemoryBytes: memoryFiles(profile).sharedMemoryBytes,
    },
    seccomp: profile.seccomp,
    rootFilesystem: 'read-only',
    network: 'none',
    namespaces: 'private',
    newPrivileges: 'never',
    capabilities: [],
  };
}

function agentHeapMib(profile: Profile): number {
  return Math.min(AGENT_HEAP_MIB, Math.floor(profile.memoryBytes / (2 * 1024 * 1024)));
}

/** A workspace's own labels have names of their own, whatever they are called. */
function ownLabels({ labels = {} }: Profile): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [`dev.cavern.label.${name}`, value]));
}

function environment({ network, env = {} }: Profile, layout: SandboxLayout): Record<string, string> {
  return {
    ...env,
    ...(network === 'restricted' ? proxyEnvironment(INSIDE.socketFolder) : {}),
    ...(layout.cacheFolder === undefined ? {} : cacheEnvironment(INSIDE.cache)),
    CAVERN_SOCKET: `${INSIDE.socketFolder}/kernel.sock`,
    CAVERN_SESSION: layout.session,
    CAVERN_SANDBOX: layout.sandbox,
    HOME: INSIDE.home,
    USER: 'cavern',
    LANG: 'C.UTF-8',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  };
}

function seen(source: string, target: string): ContainerMount {
  return { kind: 'bind', source, target, access: 'read' };
}

/** The code of plugins: all that may be called here, and where it is one plugin's own sandbox, only that one's. */
function programs({ pluginsFolder, installedFolder, own }: SandboxLayout): ContainerMount[] {
  if (own) return [seen(`${installedFolder}/${own.folder}`, `${INSIDE.installed}/${own.folder}`)];
  return [seen(pluginsFolder, INSIDE.plugins), seen(installedFolder, INSIDE.installed)];
}

/** The session's own view is written to; a plugin's own is what the plugin was granted. */
function workspaceMount({ workspace, own }: SandboxLayout): ContainerMount {
  const access = own?.workspace ?? 'write';
  const target = INSIDE.workspace;
  if (access === 'none') return { kind: 'tmpfs', target, sizeBytes: EMPTY_BYTES, mode: 0o555, uid: 0, gid: 0 };
  return 'volume' in workspace
    ? { kind: 'volume', volume: workspace.volume, target, access }
    : { kind: 'bind', source: workspace.folder, target, access };
}

function mounts(profile: Profile, layout: SandboxLayout): ContainerMount[] {
  const cache: ContainerMount[] =
    layout.cacheFolder === undefined
      ? []
      : [{ kind: 'bind', source: layout.cacheFolder, target: INSIDE.cache, access: 'write' }];
  const { tmpBytes, homeBytes } = memoryFiles(profile);
  return [
    workspaceMount(layout),
    ...cache,
    seen(layout.agentFolder, INSIDE.agent),
    ...programs(layout),
    seen(`${layout.identityFolder}/passwd`, '/etc/passwd'),
    seen(`${layout.identityFolder}/group`, '/etc/group'),
    seen(`${layout.identityFolder}/hosts`, '/etc/hosts'),
    ...(layout.own?.operator === 'untold' ? [] : [seen(`${layout.identityFolder}/gitconfig`, '/etc/gitconfig')]),
    seen(layout.socketFolder, INSIDE.socketFolder),
    { kind: 'tmpfs', target: INSIDE.tmp, sizeBytes: tmpBytes, mode: 0o1777, uid: 0, gid: 0 },
    { kind: 'tmpfs', target: INSIDE.secrets, sizeBytes: SECRETS_BYTES, mode: 0o700, ...layout.user },
    { kind: 'tmpfs', target: INSIDE.home, sizeBytes: homeBytes, mode: 0o700, ...layout.user },
  ];
}

/** A container that removes what only root may remove, in one folder; it has no network, no socket, and one capability. */
export function removalSpec(options: {
  readonly image: string;
  readonly folder: string;
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly name: string;
  readonly seccomp: Profile['seccomp'];
}): ContainerSpec {
  return {
    name: options.name,
    image: options.image,
    labels: options.labels,
    argv: ['rm', '-rf', '--one-file-system', '--', ...options.names.map((name) => `/remove/${name}`)],
    env: {},
    user: { uid: 0, gid: 0 },
    hostname: 'cavern',
    workingFolder: '/',
    mounts: [{ kind: 'bind', source: options.folder, target: '/remove', access: 'write' }],
    limits: { memoryBytes: 128 * 1024 * 1024, cpus: 1, pids: 32, openFiles: 1024 },
    seccomp: options.seccomp,
    rootFilesystem: 'read-only',
    network: 'none',
    namespaces: 'private',
    newPrivileges: 'never',
    capabilities: ['DAC_OVERRIDE'],
  };
}
