import type { SessionId } from '../../../schema/entities.ts';

/** `overlay`: what was written lies apart from the workspace. `copy`: the sandbox works on a copy; what changed is found by comparing. */
export type LayerStrategy = 'overlay' | 'copy';

/** What a session wrote, as it lies on the disk. It outlives the sandbox. */
export interface SessionLayer {
  readonly session: SessionId;
  /** The operator's folder; a sandbox never writes to it. */
  readonly workspace: string;
  /** `overlay`: the upper folder, with whiteouts and opaque marks (`user.overlay.opaque`). `copy`: the whole copy. */
  readonly upper: string;
  /** The folder whose whiteouts hide secrets from the sandbox. */
  readonly mask: string;
  /** Relative to the workspace, POSIX separators, sorted. They do not exist inside; a change set never deletes or replaces one. */
  readonly maskedPaths: readonly string[];
  /** When the layer was made: what the operator changed later has no known base. */
  readonly startedAtMs: number;
  readonly strategy: LayerStrategy;
}

export interface PreparedLayer {
  readonly layer: SessionLayer;
  /** What the overlay volume is made of, the uppermost first; empty for a copy. */
  readonly lower: readonly string[];
  readonly work: string;
  /** Why it is not an overlay, where it is not. */
  readonly why?: string;
}

/** Where the parts of a session's layer lie: known before any of them is there. */
export interface LayerFolders {
  readonly root: string;
  readonly upper: string;
  readonly work: string;
  readonly mask: string;
  /** The workspace under a name that needs no escaping: a link to it, or a mount that shows its files as the sandbox user's. */
  readonly lower: string;
  readonly copy: string;
}

export interface LayerRequest {
  readonly session: SessionId;
  readonly workspace: string;
  /** Who the sandbox runs as. */
  readonly user: { readonly uid: number; readonly gid: number };
  readonly nowMs: number;
  /** `copy` after an engine could not mount an overlay. */
  readonly strategy: 'best' | 'copy';
  /** The layer of an earlier sandbox of this session, whose changes are to be seen again. */
  readonly former?: SessionLayer | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LayerProbe {
  readonly strategy: LayerStrategy;
  /** In words for the operator: how, and why not better. */
  readonly about: string;
}

/** Port: the copy-on-write layers of sessions on this machine's disk. */
export interface WorkspaceLayers {
  /** The real, absolute path; rejects with `workspace_invalid` and the reason. */
  checkWorkspace(path: string): Promise<string>;
  folders(session: SessionId): LayerFolders;
  /** Makes the layer, or brings the former one up again; hides what secrets there are now. Throws `disk_full`, `workspace_invalid`. */
  prepare(request: LayerRequest): Promise<PreparedLayer>;
  /**
   * Brings a layer up to date that is mounted and that nothing has looked at: hides the secrets that came since it was made.
   * undefined: it no longer shows the folder as it is.
   */
  renew(layer: SessionLayer, nowMs: number): Promise<SessionLayer | undefined>;
  /** True where the user of the sandbox still owns the root of its view, if it ever did; asked once an engine has mounted it. */
  isWritable(layer: SessionLayer, user: LayerRequest['user']): Promise<boolean>;
  /** The files of a workspace that no sandbox may see, as they are now; paths relative to it. */
  secrets(workspace: string, signal: AbortSignal): Promise<readonly Buffer[]>;
  /** True where the session has something of its own at this path, or has removed what was there: what lies below is not seen. */
  covers(layer: SessionLayer, path: Buffer): Promise<boolean>;
  /** Takes away what must not stay while there is no sandbox: mounts. What the session wrote stays. Idempotent. */
  release(session: SessionId): Promise<void>;
  /** Removes all of the layer. `blocked`: files of another user are in the way, which a helper container must remove. Idempotent. */
  remove(session: SessionId): Promise<'removed' | 'blocked'>;
  /** Sessions whose layer holds a mount; those of a killed kernel are still there. */
  mounted(): Promise<readonly SessionId[]>;
  /** Sessions that have something on the disk. */
  list(): Promise<readonly SessionId[]>;
  /** Bytes on the disk that the session wrote. Aborting ends the count early. */
  usedBytes(session: SessionId, signal?: AbortSignal): Promise<number>;
  probe(user: { readonly uid: number; readonly gid: number }): Promise<LayerProbe>;
}
