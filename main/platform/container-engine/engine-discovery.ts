import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import type { ContainerRuntime, EngineIdentity } from '../../kernel/sandboxes/container-runtime.ts';
import { ApiEngine } from './api-engine.ts';
import { engineError } from './engine-failure.ts';
import { engineRemedies } from './engine-remedies.ts';

export interface EngineChoice {
  readonly engine: 'auto' | EngineIdentity['kind'];
  /** Empty: found by itself. */
  readonly engineSocket: string;
}

export interface DiscoveryOptions extends EngineChoice {
  readonly env: NodeJS.ProcessEnv;
  /** For files that an engine's service must read. */
  readonly scratchFolder: string;
}

interface Candidate {
  readonly socket: string;
  readonly kind: EngineIdentity['kind'] | undefined;
  /** The operator named it: it must answer, nothing else is tried. */
  readonly chosen: boolean;
}

interface Miss {
  readonly candidate: Candidate;
  readonly state: 'absent' | 'silent' | 'forbidden' | 'other';
  readonly text: string;
}

/** Places where engines listen, the likeliest first. */
export function engineSockets(options: Omit<DiscoveryOptions, 'scratchFolder'>): readonly Candidate[] {
  const { env } = options;
  const wanted = options.engine === 'auto' ? undefined : options.engine;
  if (options.engineSocket !== '') return [{ socket: withoutScheme(options.engineSocket), kind: wanted, chosen: true }];
  const dockerHost = env['DOCKER_HOST'] ?? '';
  // A remote engine cannot mount this machine's folders.
  if (dockerHost.startsWith('unix://') && wanted !== 'podman') {
    return [{ socket: withoutScheme(dockerHost), kind: wanted, chosen: true }];
  }
  const runtimeFolder = env['XDG_RUNTIME_DIR'] ?? '';
  const own = (path: string) => (runtimeFolder === '' ? [] : [join(runtimeFolder, path)]);
  const docker = ['/var/run/docker.sock', ...own('docker.sock'), join(env['HOME'] ?? '/', '.docker/run/docker.sock')];
  const podman = [...own('podman/podman.sock'), '/run/podman/podman.sock'];
  const all: Candidate[] = [
    ...docker.map((socket) => ({ socket, kind: 'docker' as const, chosen: false })),
    ...podman.map((socket) => ({ socket, kind: 'podman' as const, chosen: false })),
  ];
  return all.filter((candidate) => wanted === undefined || candidate.kind === wanted);
}

/**
 * The first engine that answers.
 * @throws Fault `engine_forbidden` where one is there that this user may not use, else `engine_unavailable`; both with the command that helps.
 */
export async function connectEngine(options: DiscoveryOptions): Promise<ContainerRuntime> {
  const misses: Miss[] = [];
  for (const candidate of engineSockets(options)) {
    try {
      const engine = await ApiEngine.connect(candidate.socket, options.scratchFolder);
      // Podman's service is often found under Docker's name.
      if (options.engine === 'auto' || engine.identity.kind === options.engine) return engine;
      misses.push({ candidate, state: 'other', text: `${candidate.socket} is ${engine.identity.kind}` });
    } catch (thrown) {
      misses.push(missOf(candidate, thrown));
    }
  }
  throw await noEngine(misses, options);
}

function missOf(candidate: Candidate, thrown: unknown): Miss {
  const cause = thrown instanceof Fault ? thrown.cause : thrown;
  const { code, text } = engineError(cause ?? thrown);
  const state =
    code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : code === 'EACCES' || code === 'EPERM' ? 'forbidden' : 'silent';
  return { candidate, state, text: `${candidate.socket}: ${text}` };
}

async function noEngine(misses: readonly Miss[], options: DiscoveryOptions): Promise<Fault> {
  const forbidden = misses.find((miss) => miss.state === 'forbidden');
  const remedies = await engineRemedies();
  if (forbidden) {
    return new Fault('engine_forbidden', 'Cannot use the container engine: this user may not open its socket', {
      why: `${forbidden.candidate.socket} belongs to a group that this user is not in.`,
      fix: remedies.permit,
    });
  }
  const other = misses.find((miss) => miss.state === 'other');
  const silent = misses.find((miss) => miss.state === 'silent');
  const isInstalled = silent !== undefined || (await anyOnPath(['dockerd', 'podman'], options.env));
  const chosen = misses.find((miss) => miss.candidate.chosen);
  return new Fault('engine_unavailable', 'Cannot reach a container engine: nothing answers', {
    why:
      other?.text ??
      silent?.text ??
      (chosen && `Nothing listens at ${chosen.candidate.socket}, which ${chooser(options)} names.`) ??
      `Nothing listens at ${misses.map((miss) => miss.candidate.socket).join(', ')}.`,
    fix: isInstalled ? remedies.start : remedies.install,
    retryable: true,
  });
}

/** Who named the one socket that is tried. */
function chooser({ engineSocket }: EngineChoice): string {
  return engineSocket === '' ? 'DOCKER_HOST' : 'the setting `engineSocket`';
}

async function anyOnPath(names: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].filter(
    (folder) => folder !== '',
  );
  const found = await Promise.all(
    folders.flatMap((folder) =>
      names.map((name) =>
        access(join(folder, name), constants.X_OK).then(
          () => true,
          () => false,
        ),
      ),
    ),
  );
  return found.includes(true);
}

function withoutScheme(socket: string): string {
  return socket.replace(/^unix:\/\//, '');
}
