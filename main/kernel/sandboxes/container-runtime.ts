import type { SeccompProfile } from './seccomp.ts';

/** A container engine that answered. */
export interface EngineIdentity {
  readonly kind: 'docker' | 'podman';
  readonly version: string;
  readonly socket: string;
}

export type ContainerMount =
  | {
      readonly kind: 'volume';
      readonly volume: string;
      readonly target: string;
      readonly access: 'read' | 'write';
    }
  | { readonly kind: 'bind'; readonly source: string; readonly target: string; readonly access: 'read' | 'write' }
  | {
      readonly kind: 'tmpfs';
      readonly target: string;
      readonly sizeBytes: number;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    };

export interface ContainerLimits {
  /** Swap is off: this is all there is. */
  readonly memoryBytes: number;
  readonly cpus: number;
  /** Processes and threads. */
  readonly pids: number;
  readonly openFiles: number;
  /** The largest single file; absent where nothing can be written. */
  readonly fileSizeBytes?: number;
  /** Of `/dev/shm`; absent where it is the engine's own size. */
  readonly sharedMemoryBytes?: number;
}

/** All that an engine is told of a container. Adapters add nothing of their own: what is not here is the safest the engine has. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly hostname: string;
  readonly workingFolder: string;
  readonly mounts: readonly ContainerMount[];
  readonly limits: ContainerLimits;
  readonly seccomp: SeccompProfile;
  readonly rootFilesystem: 'read-only';
  readonly network: 'none';
  /** pid, ipc, uts and control group, each of the container's own. */
  readonly namespaces: 'private';
  readonly newPrivileges: 'never';
  /** All are dropped; these are given back. Empty for every sandbox. */
  readonly capabilities: readonly string[];
}

export interface ContainerState {
  readonly id: string;
  readonly running: boolean;
  readonly paused: boolean;
  readonly exitCode: number;
  /** Podman never says so (recipes/containers.md, 7). */
  readonly outOfMemory: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerEntry {
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export interface VolumeEntry {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerStats {
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  readonly pids: number;
  /** CPU time since the start. */
  readonly cpuMs: number;
}

export interface ContainerEvent {
  readonly action: 'start' | 'die' | 'oom' | 'pause' | 'unpause' | 'destroy';
  readonly container: string;
  readonly exitCode?: number;
}

export interface ExecOptions {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingFolder?: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** `pipes` keeps standard output and error apart, `terminal` merges them. */
  readonly streams: 'pipes' | 'terminal';
  readonly stdin?: Uint8Array;
  readonly onOutput?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

export interface FoundImage {
  readonly id: string;
  readonly sizeBytes: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** How far an image is that is being pulled or built; `share` of 1 where the engine tells it. */
export interface ImageProgress {
  readonly detail: string;
  readonly share?: number;
}

export interface ImageWork {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImageProgress) => void;
}

/** What an image is built from: a folder with a Dockerfile. */
export interface ImageBuild {
  readonly name: string;
  readonly folder: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface OverlayVolume {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The uppermost first. */
  readonly lower: readonly string[];
  readonly upper: string;
  readonly work: string;
}

/** An image that only its id names. */
export interface UnnamedImage {
  readonly id: string;
  readonly sizeBytes: number;
  readonly createdAtMs: number;
}

/**
 * Port: a container engine. Failures are Faults: `engine_unavailable` when nothing answers, `engine_forbidden`, `image_missing`, and
 * `sandbox_failed` with the engine's own words for everything else. Removing what is not there is no failure.
 */
export interface ContainerRuntime {
  readonly identity: EngineIdentity;
  ping(signal?: AbortSignal): Promise<EngineIdentity>;
  /** Gives the container's id. */
  create(spec: ContainerSpec, signal?: AbortSignal): Promise<string>;
  start(id: string): Promise<void>;
  /** SIGTERM, and SIGKILL when it has not ended after `graceMs`. */
  stop(id: string, graceMs: number): Promise<void>;
  kill(id: string): Promise<void>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  /** Kills it if it runs; its anonymous volumes go too. */
  remove(id: string): Promise<void>;
  /** undefined: there is no such container. */
  inspect(id: string): Promise<ContainerState | undefined>;
  list(labels: Readonly<Record<string, string>>): Promise<readonly ContainerEntry[]>;
  /** Waits for the end. Aborting stops waiting and closes the streams; engines leave the process itself running. */
  exec(id: string, options: ExecOptions): Promise<{ readonly exitCode: number }>;
  logs(id: string, tailLines: number): Promise<string>;
  stats(id: string): Promise<ContainerStats>;
  /** What happens to containers with these labels, until the signal aborts; throws `engine_unavailable` when the engine goes away. */
  events(labels: Readonly<Record<string, string>>, signal: AbortSignal): AsyncIterable<ContainerEvent>;
  /** Waits for a started container to end, or gives at once how it ended. One that was never started counts as ended. */
  wait(id: string, signal?: AbortSignal): Promise<{ readonly exitCode: number }>;
  readonly volumes: {
    createOverlay(volume: OverlayVolume): Promise<void>;
    remove(name: string): Promise<void>;
    list(labels: Readonly<Record<string, string>>): Promise<readonly VolumeEntry[]>;
  };
  readonly images: {
    /** undefined: there is no such image. */
    inspect(name: string): Promise<FoundImage | undefined>;
    /** Brings it from its registry. Throws `image_missing` with what the registry says. */
    pull(name: string, work: ImageWork): Promise<void>;
    /** Throws `image_missing` with the step that failed. */
    build(image: ImageBuild, work: ImageWork): Promise<void>;
    /** Those with this label that have no name any more: a later one has taken it. */
    unnamed(label: string): Promise<readonly UnnamedImage[]>;
    /** One that a container uses, or that is not there, stays as it is. */
    remove(id: string): Promise<void>;
  };
}
