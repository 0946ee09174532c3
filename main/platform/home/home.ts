import { mkdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Fault } from '../../../schema/fault.ts';

/** Every place that Cavern writes to, below one folder. */
export interface Home {
  readonly root: string;
  readonly database: string;
  readonly settings: string;
  readonly policy: string;
  /** The documents that were in force. */
  readonly policyHistory: string;
  /** The operator's extension rules. */
  readonly policyExtensions: string;
  readonly keys: string;
  readonly run: string;
  readonly blobs: string;
  readonly logs: string;
  readonly ipc: string;
  readonly sessions: string;
  /** The workspaces of sandboxes that programs start, each in a folder of its own. */
  readonly workspaces: string;
  readonly merges: string;
  /** What package managers in sandboxes have fetched, by folder. */
  readonly caches: string;
  readonly electron: string;
  /** Installed plugins, each in a folder named by its digest; sandboxes see it, read-only. */
  readonly plugins: string;
  /** Where packages are looked at before they are installed. */
  readonly pluginStaging: string;
  /** A Sigstore trust root of the operator's own, in the place of the public one. */
  readonly sigstore: string;
}

/** The folder that `--home`, `CAVERN_HOME` or the platform's habit names, in this order. */
export function homeRoot(argument: string | undefined, env: NodeJS.ProcessEnv): string {
  const chosen = argument ?? env['CAVERN_HOME'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const dataHome = env['XDG_DATA_HOME'];
  return join(dataHome !== undefined && dataHome !== '' ? dataHome : join(homedir(), '.local', 'share'), 'cavern');
}

const REASONS: Readonly<Record<string, (root: string) => string>> = {
  EACCES: (root) => `This user may not write to ${root}.`,
  EPERM: (root) => `This user may not write to ${root}.`,
  EROFS: (root) => `${root} is on a disk that can only be read.`,
  ENOSPC: (root) => `${root} is on a disk that has no room left.`,
  EEXIST: (root) => `Where ${root} or a folder in it should be is a file.`,
  ENOTDIR: (root) => `Above ${root} is a file and not a folder.`,
};

/**
 * Makes the folders that are missing, readable by their owner only but for the way to the sandboxes' sockets and layers.
 * @throws Fault `home_unusable`
 */
export function openHome(root: string): Home {
  try {
    return makeHome(root);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new Fault('home_unusable', 'Cannot use the home folder: it cannot be made or opened', {
      cause,
      why: REASONS[code]?.(root) ?? `${root}: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Mend that, or name another folder with --home or CAVERN_HOME.',
    });
  }
}

function makeHome(root: string): Home {
  mkdirSync(root, { recursive: true, mode: 0o711 });
  const real = realpathSync(root);
  const home: Home = {
    root: real,
    database: join(real, 'cavern.db'),
    settings: join(real, 'settings.json'),
    policy: join(real, 'policy.yaml'),
    policyHistory: join(real, 'policy-history'),
    policyExtensions: join(real, 'policy-extensions'),
    keys: join(real, 'keys'),
    run: join(real, 'run'),
    blobs: join(real, 'blobs'),
    logs: join(real, 'logs'),
    ipc: join(real, 'ipc'),
    sessions: join(real, 'sessions'),
    workspaces: join(real, 'workspaces'),
    merges: join(real, 'merges'),
    caches: join(real, 'caches'),
    electron: join(real, 'electron'),
    plugins: join(real, 'plugins'),
    pluginStaging: join(real, 'plugin-staging'),
    sigstore: join(real, 'sigstore'),
  };
  for (const folder of [
    home.keys,
    home.policyHistory,
    home.policyExtensions,
    home.run,
    home.blobs,
    home.logs,
    home.merges,
    home.caches,
    home.electron,
    home.pluginStaging,
    home.sigstore,
  ]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  // A sandbox runs as another user where the operator is root, and must reach its own socket.
  for (const folder of [home.ipc, home.sessions, home.workspaces]) mkdirSync(folder, { recursive: true, mode: 0o711 });
  mkdirSync(home.plugins, { recursive: true, mode: 0o755 });
  return home;
}
