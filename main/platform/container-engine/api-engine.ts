import type Docker from 'dockerode';
import type {
  ContainerEntry,
  ContainerEvent,
  ContainerRuntime,
  ContainerSpec,
  ContainerState,
  ContainerStats,
  EngineIdentity,
  ExecOptions,
  OverlayVolume,
  VolumeEntry,
} from '../../kernel/sandboxes/container-runtime.ts';
import { containerRequest } from './container-request.ts';
import { type EngineDialect, dialectOf } from './engine-dialect.ts';
import { engineFault, isAbsent, isDone } from './engine-failure.ts';
import { readEvents } from './event-lines.ts';
import { runExec, unframed } from './exec-streams.ts';
import { isHalfRemoved, podmanContainers } from './podman-list.ts';
import { buildImage, pullImage } from './image-work.ts';
import { overlayOptions } from './overlay-options.ts';

type Labels = Readonly<Record<string, string>>;

/** An engine that hangs is an engine that is gone. */
const ANSWER_LIMIT_MS = 60_000;
const CONNECT_LIMIT_MS = 5_000;

/** The container engine behind a Docker-compatible socket: Docker itself, or Podman's service. */
export class ApiEngine implements ContainerRuntime {
  readonly identity: EngineIdentity;
  readonly #api: Docker;
  readonly #dialect: EngineDialect;

  private constructor(api: Docker, identity: EngineIdentity, dialect: EngineDialect) {
    this.#api = api;
    this.identity = identity;
    this.#dialect = dialect;
  }

  /** Asks who answers at `socket`. `scratchFolder` is where files lie that the engine's service must read. */
  static async connect(socket: string, scratchFolder: string): Promise<ApiEngine> {
    const { default: Client } = await import('dockerode');
    const api = new Client({ socketPath: socket });
    const identity = await identify(api, socket, AbortSignal.timeout(CONNECT_LIMIT_MS));
    return new ApiEngine(api, identity, dialectOf(identity.kind, scratchFolder));
  }

  ping(signal?: AbortSignal): Promise<EngineIdentity> {
    const limit = AbortSignal.timeout(CONNECT_LIMIT_MS);
    return identify(this.#api, this.identity.socket, signal ? AbortSignal.any([signal, limit]) : limit);
  }

  async create(spec: ContainerSpec, signal?: AbortSignal): Promise<string> {
    const act = `Cannot create container "${spec.name}"`;
    const request = await containerRequest(spec, this.#dialect);
    const made = await asked(act, (abortSignal) => this.#api.createContainer({ ...request, abortSignal }), signal);
    return made.id;
  }

  async start(id: string): Promise<void> {
    await settled('Cannot start the container', (abortSignal) => this.#container(id).start({ abortSignal }), []);
  }

  async stop(id: string, graceMs: number): Promise<void> {
    const signal = 'SIGTERM';
    await settled('Cannot stop the container', (abortSignal) => this.#container(id).kill({ signal, abortSignal }), [
      isDone,
      isAbsent,
    ]);
    // The engine's own way would send the signal that removals shall send.
    await this.wait(id, AbortSignal.timeout(graceMs)).catch(() => this.kill(id));
  }

  async kill(id: string): Promise<void> {
    await settled('Cannot end the container', (abortSignal) => this.#container(id).kill({ abortSignal }), [
      isDone,
      isAbsent,
    ]);
  }

  async pause(id: string): Promise<void> {
    await settled('Cannot pause the container', (abortSignal) => this.#container(id).pause({ abortSignal }), []);
  }

  async resume(id: string): Promise<void> {
    await settled('Cannot resume the container', (abortSignal) => this.#container(id).unpause({ abortSignal }), []);
  }

  async remove(id: string): Promise<void> {
    const container = this.#container(id);
    await settled(
      'Cannot remove the container',
      (abortSignal) => container.remove({ force: true, v: true, abortSignal }),
      [isAbsent, isDone],
    );
  }

  async inspect(id: string): Promise<ContainerState | undefined> {
    const found = await unlessAbsent('Cannot inspect the container', (abortSignal) =>
      this.#container(id).inspect({ abortSignal }),
    );
    if (!found) return undefined;
    const { Running, Paused, ExitCode, OOMKilled } = found.State;
    return {
      id: found.Id,
      running: Running,
      paused: Paused,
      exitCode: ExitCode,
      outOfMemory: OOMKilled,
      labels: found.Config.Labels,
    };
  }

  async list(labels: Labels): Promise<readonly ContainerEntry[]> {
    const filters = labelFilter(labels);
    return asked('Cannot list containers', async (abortSignal) => {
      try {
        const found = await this.#api.listContainers({ all: true, filters, abortSignal });
        return found.map(({ Id, Names, State, Labels }) => ({
          id: Id,
          name: (Names[0] ?? '').replace(/^\//, ''),
          running: State === 'running',
          labels: Labels,
        }));
      } catch (thrown) {
        if (!isHalfRemoved(thrown)) throw thrown;
        return podmanContainers(this.#api, filters, abortSignal);
      }
    });
  }

  exec(id: string, options: ExecOptions): Promise<{ readonly exitCode: number }> {
    return runExec(this.#api, this.#container(id), options).catch((thrown: unknown) => {
      throw engineFault(`Cannot run ${options.argv[0] ?? 'a command'}`, thrown);
    });
  }

  async logs(id: string, tailLines: number): Promise<string> {
    const bytes = await asked('Cannot read the log of the container', (abortSignal) =>
      this.#container(id).logs({ stdout: true, stderr: true, tail: tailLines, follow: false, abortSignal }),
    );
    return unframed(bytes).toString('utf8');
  }

  async stats(id: string): Promise<ContainerStats> {
    const found = await asked('Cannot read what the container uses', () =>
      this.#container(id).stats({ stream: false }),
    );
    return {
      memoryBytes: found.memory_stats.usage,
      memoryLimitBytes: found.memory_stats.limit,
      pids: found.pids_stats?.current ?? 0,
      cpuMs: Math.round(found.cpu_stats.cpu_usage.total_usage / 1e6),
    };
  }

  async *events(labels: Labels, signal: AbortSignal): AsyncGenerator<ContainerEvent, void, undefined> {
    const filters = { ...labelFilter(labels), type: ['container' as const] };
    // Whoever stops before the answer is here must not leave its connection open: it would keep the process alive.
    const follow = () => this.#api.getEvents({ filters, abortSignal: signal });
    const opened = await asked('Cannot follow the container engine', follow, signal);
    yield* readEvents(opened, this.#dialect, signal);
  }

  async wait(id: string, signal?: AbortSignal): Promise<{ readonly exitCode: number }> {
    try {
      const ended = await this.#container(id).wait(signal ? { abortSignal: signal } : {});
      // The interface says so; the types leave it open.
      return { exitCode: (ended as { StatusCode: number }).StatusCode };
    } catch (thrown) {
      throw engineFault('Cannot wait for the container', thrown);
    }
  }

  readonly volumes = {
    createOverlay: async (volume: OverlayVolume): Promise<void> => {
      const { name, labels } = volume;
      const DriverOpts = { type: 'overlay', device: 'overlay', o: overlayOptions(volume) };
      await asked(`Cannot create volume "${name}"`, (abortSignal) =>
        this.#api.createVolume({ Name: name, Driver: 'local', DriverOpts, Labels: { ...labels }, abortSignal }),
      );
    },
    remove: async (name: string): Promise<void> => {
      const volume = this.#api.getVolume(name);
      await settled(`Cannot remove volume "${name}"`, (abortSignal) => volume.remove({ abortSignal }), [isAbsent]);
    },
    list: async (labels: Labels): Promise<readonly VolumeEntry[]> => {
      const filters = JSON.stringify(labelFilter(labels));
      const found = await asked('Cannot list volumes', (abortSignal) =>
        this.#api.listVolumes({ filters, abortSignal }),
      );
      return found.Volumes.map(({ Name, Labels }) => ({ name: Name, labels: Labels }));
    },
  };

  readonly images: ContainerRuntime['images'] = {
    inspect: async (name) => {
      const found = await unlessAbsent(`Cannot inspect image "${name}"`, () => this.#api.getImage(name).inspect());
      return found && { id: found.Id, sizeBytes: found.Size, labels: found.Config?.Labels ?? {} };
    },
    pull: (name, work) => pullImage(this.#api, name, work),
    build: (image, work) => buildImage(this.#api, image, work),
    unnamed: async (label) => {
      const filters = { dangling: ['true'], label: [label] };
      const found = await asked('Cannot list images', () => this.#api.listImages({ filters }));
      return found.map(({ Id, Size, Created }) => ({ id: Id, sizeBytes: Size, createdAtMs: Created * 1000 }));
    },
    remove: (id) => settled(`Cannot remove image "${id}"`, () => this.#api.getImage(id).remove(), [isAbsent, isDone]),
  };

  #container(id: string): Docker.Container {
    return this.#api.getContainer(id);
  }
}

async function identify(api: Docker, socket: string, signal: AbortSignal): Promise<EngineIdentity> {
  const version = await asked('Cannot reach the container engine', () => api.version(), signal);
  const parts: readonly { readonly Name: string; readonly Version: string }[] = version.Components ?? [];
  const podman = parts.find((part) => part.Name === 'Podman Engine');
  return podman
    ? { kind: 'podman', version: podman.Version, socket }
    : { kind: 'docker', version: version.Version, socket };
}

/**
 * Makes the call with a time limit; what it throws becomes a Fault. The signal is one of its own, and not a combination of two: what
 * listens to such a one is kept for ever by Node 20, also after the call.
 */
async function asked<T>(act: string, call: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
  const ending = new AbortController();
  const giveUp = (): void => ending.abort(signal?.reason);
  const late = (): void => ending.abort(new DOMException('There was no answer in time', 'TimeoutError'));
  const limit = setTimeout(late, ANSWER_LIMIT_MS).unref();
  if (signal?.aborted === true) giveUp();
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    ending.signal.throwIfAborted();
    return await Promise.race([call(ending.signal), rejectionOf(ending.signal)]);
  } catch (thrown) {
    throw engineFault(act, ending.signal.aborted ? ending.signal.reason : thrown);
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener('abort', giveUp);
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** As `asked`, for acts that may have been done before. */
async function settled(
  act: string,
  call: (signal: AbortSignal) => Promise<unknown>,
  harmless: readonly ((thrown: unknown) => boolean)[],
): Promise<void> {
  await asked(act, async (signal) => {
    try {
      await call(signal);
    } catch (thrown) {
      if (!harmless.some((test) => test(thrown))) throw thrown;
    }
  });
}

async function unlessAbsent<T>(act: string, call: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  return asked(act, async (signal) => {
    try {
      return await call(signal);
    } catch (thrown) {
      if (isAbsent(thrown) || isHalfRemoved(thrown)) return undefined;
      throw thrown;
    }
  });
}

function labelFilter(labels: Labels): { label: string[] } {
  return { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
}
