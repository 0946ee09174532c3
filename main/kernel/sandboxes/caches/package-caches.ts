/** A cache that is on the disk. */
export interface CacheEntry {
  readonly name: string;
  /** Whose sandboxes use it. */
  readonly workspace: string;
  readonly sizeBytes: number;
}

export interface CacheUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Port: folders in which the package managers of one workspace's sandboxes keep what they have fetched. Each belongs to one workspace:
 * what one of them put there is never run for another.
 */
export interface PackageCaches {
  /** The folder to bind, made where it is missing; empty again where it was found to be too large. */
  open(workspace: string, user: CacheUser): Promise<string>;
  usedBytes(workspace: string, signal: AbortSignal): Promise<number>;
  /** It is too large: the next `open` empties it. */
  markFull(workspace: string): Promise<void>;
  list(): Promise<readonly CacheEntry[]>;
  /** Idempotent. */
  remove(name: string): Promise<void>;
}

/** What tells package managers of the cache; Cargo, which has none of its own, is led there by the agent. */
export function cacheEnvironment(folder: string): Record<string, string> {
  return {
    CAVERN_CACHE: folder,
    npm_config_cache: `${folder}/npm`,
    YARN_CACHE_FOLDER: `${folder}/yarn`,
    PIP_CACHE_DIR: `${folder}/pip`,
    UV_CACHE_DIR: `${folder}/uv`,
    GOMODCACHE: `${folder}/go`,
    // Else what is in it could not be removed by whoever owns it.
    GOFLAGS: '-modcacherw',
  };
}
