import type { Sandbox, SessionId } from '../../../schema/entities.ts';
import type { Narrowing } from './cave.ts';
import type { SessionLayer } from './session-layer.ts';

/** What is remembered of the last sandbox of a session, and of the layer that outlives it. */
export interface SandboxRecord {
  readonly sandbox: Sandbox;
  /** Absent until the layer is made. */
  readonly layer?: SessionLayer;
  /** What the workspace's own sandbox takes away from the profile. */
  readonly narrowing?: Narrowing | undefined;
}

/** Port: keeps one record for each session between two starts of the kernel. */
export interface SandboxStore {
  all(): readonly SandboxRecord[];
  put(record: SandboxRecord): void;
  delete(session: SessionId): void;
}

/** Port: the folders that hold the sandboxes' sockets. They are bound into containers, so they go after those. */
export interface SocketFolders {
  list(): Promise<readonly string[]>;
  /** Idempotent. */
  remove(sandbox: string): Promise<void>;
}
