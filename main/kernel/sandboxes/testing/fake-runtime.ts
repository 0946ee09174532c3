import { Fault } from '../../../../schema/fault.ts';
import { Broadcast } from '../../../base/broadcast.ts';
import type {
  ContainerEvent,
  ContainerRuntime,
  ContainerSpec,
  ContainerState,
  EngineIdentity,
  ExecOptions,
  ImageWork,
  OverlayVolume,
  UnnamedImage,
} from '../container-runtime.ts';

interface FakeContainer {
  readonly spec: ContainerSpec;
  running: boolean;
  exitCode: number;
}

/** An engine in memory. It keeps the promises of the port that the kernel relies on, and can be told to fail or to go away. */
export class FakeRuntime implements ContainerRuntime {
  readonly identity: EngineIdentity = { kind: 'docker', version: '0', socket: '/fake.sock' };
  readonly containers = new Map<string, FakeContainer>();
  readonly overlays = new Map<string, OverlayVolume>();
  /** Faults to throw, by the name of the call. */
  readonly failures = new Map<string, Error>();
  readonly #events = new Broadcast<ContainerEvent>();
  #gone = new AbortController();

  /** What the tests look at: nothing is left when both are empty. */
  get left(): readonly string[] {
    return [...this.containers.keys(), ...this.overlays.keys()];
  }

  /** The engine stops: calls fail and followers are told. */
  stopEngine(): void {
    this.#gone.abort();
  }

  startEngine(): void {
    this.#gone = new AbortController();
  }

  /** Ends a container as if from outside. */
  die(id: string, exitCode: number, options: { readonly outOfMemory?: true } = {}): void {
    const container = this.containers.get(id);
    if (!container) return;
    container.running = false;
    container.exitCode = exitCode;
    if (options.outOfMemory) this.#events.publish({ action: 'oom', container: id });
    this.#events.publish({ action: 'die', container: id, exitCode });
  }

  async ping(): Promise<EngineIdentity> {
    this.#reach('ping');
    return this.identity;
  }

  async create(spec: ContainerSpec): Promise<string> {
    this.#reach('create');
    if (this.missingImages.has(spec.image)) throw new Fault('image_missing', 'Cannot create: the image is missing');
    const id = `id-${spec.name}`;
    this.containers.set(id, { spec, running: false, exitCode: 0 });
    return id;
  }

  async start(id: string): Promise<void> {
    this.#reach('start');
    const container = this.containers.get(id);
    if (container) container.running = true;
    this.#events.publish({ action: 'start', container: id });
  }

  stop(id: string): Promise<void> {
    return this.kill(id);
  }

  async kill(id: string): Promise<void> {
    this.#reach('kill');
    this.die(id, 137);
  }

  async pause(_id: string): Promise<void> {
    this.#reach('pause');
  }

  async resume(_id: string): Promise<void> {
    this.#reach('resume');
  }

  async remove(id: string): Promise<void> {
    this.#reach('remove');
    this.die(id, 137);
    this.containers.delete(id);
  }

  async inspect(id: string): Promise<ContainerState | undefined> {
    this.#reach('inspect');
    const found = this.containers.get(id);
    if (!found) return undefined;
    const { running, exitCode, spec } = found;
    return { id, running, paused: false, exitCode, outOfMemory: false, labels: spec.labels };
  }

  async list() {
    this.#reach('list');
    return [...this.containers].map(([id, { spec, running }]) => ({
      id,
      name: spec.name,
      running,
      labels: spec.labels,
    }));
  }

  async exec(_id: string, _options: ExecOptions): Promise<{ exitCode: number }> {
    this.#reach('exec');
    return { exitCode: 0 };
  }

  async logs(): Promise<string> {
    return 'the last words';
  }

  async stats() {
    this.#reach('stats');
    return { memoryBytes: 0, memoryLimitBytes: 0, pids: 0, cpuMs: 0 };
  }

  async *events(_labels: object, signal: AbortSignal): AsyncGenerator<ContainerEvent, void, undefined> {
    this.#reach('events');
    const gone = this.#gone.signal;
    yield* this.#events.listen(AbortSignal.any([signal, gone]));
    if (!signal.aborted) throw new Fault('engine_unavailable', 'Cannot follow the container engine: it is gone');
  }

  async wait(): Promise<{ exitCode: number }> {
    return { exitCode: 0 };
  }

  readonly volumes = {
    createOverlay: async (volume: OverlayVolume): Promise<void> => {
      this.#reach('createOverlay');
      this.overlays.set(volume.name, volume);
    },
    remove: async (name: string): Promise<void> => {
      this.#reach('removeVolume');
      this.overlays.delete(name);
    },
    list: async () => [...this.overlays.values()].map(({ name, labels }) => ({ name, labels })),
  };

  /** Those that are not there; what pulls or builds one brings it. */
  readonly missingImages = new Set<string>();
  /** What was pulled and built, in this order. */
  readonly imageWork: string[] = [];
  /** Awaited by whoever pulls or builds. */
  imageGate: Promise<void> = Promise.resolve();
  readonly images: ContainerRuntime['images'] = {
    inspect: async (name) => {
      this.#reach('inspectImage');
      return this.missingImages.has(name) ? undefined : { id: 'image', sizeBytes: 1, labels: this.imageLabels };
    },
    pull: (name, work) => this.#bring(`pull ${name}`, name, work),
    build: ({ name, folder, labels }, work) => {
      this.imageLabels = labels;
      return this.#bring(`build ${name} of ${folder}`, name, work);
    },
    unnamed: async (label) => (label === 'cavern.image' ? [...this.unnamedImages.values()] : []),
    remove: async (id) => void this.unnamedImages.delete(id),
  };
  readonly unnamedImages = new Map<string, UnnamedImage>();
  imageLabels: Readonly<Record<string, string>> = {};

  async #bring(what: string, name: string, { onProgress }: ImageWork): Promise<void> {
    this.#reach('bring');
    this.imageWork.push(what);
    onProgress({ detail: 'half', share: 0.5 });
    await this.imageGate;
    this.#reach('bring');
    this.missingImages.delete(name);
  }

  #reach(call: string): void {
    if (this.#gone.signal.aborted)
      throw new Fault('engine_unavailable', 'Cannot reach the container engine: it is gone');
    const failure = this.failures.get(call);
    if (failure) throw failure;
  }
}
