import type { SessionId } from '../../../schema/entities.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { pause } from '../../base/pause.ts';
import type { OpenInEditorParts } from './open-in-editor.ts';
import type { FolderCopy } from './ports.ts';

export interface OpenFoldersOptions extends OpenInEditorParts {
  /** True while its sandbox can write. */
  readonly isRunning: (session: SessionId) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface FolderOrder {
  readonly session: SessionId;
  /** The workspace itself if absent. */
  readonly path?: string | undefined;
  readonly signal: AbortSignal;
}

const SHORTEST_MS = 2_000;
/** At most this part of the time goes into one copy. */
const SHARE = 20;
/** Copies that follow their session at a time; the one that was opened first stays as it is then. */
const FOLLOWED = 8;

interface Followed {
  readonly session: SessionId;
  readonly stopping: AbortController;
  readonly done: Promise<void>;
}

/**
 * Folders of sessions in the operator's editor: copies that cannot be written to, brought up to date while the session's sandbox runs. A
 * program outside cannot look into an overlay that is mounted for a container.
 */
export class OpenFolders implements AsyncDisposable {
  readonly #options: OpenFoldersOptions;
  readonly #followed = new Map<string, Followed>();

  constructor(options: OpenFoldersOptions) {
    this.#options = options;
  }

  /** Rejects with `not_found`, `not_a_folder`, `too_large` or `editor_missing`. */
  async open({ session, path = '', signal }: FolderOrder): Promise<FolderCopy> {
    const { copies, editor, layerOf } = this.#options;
    const copy = await copies.copyFolder(layerOf(session), path, signal);
    await editor.open(copy.folder);
    await this.#follow(session, path, copy.folder);
    return copy;
  }

  /** Its copies are about to be removed. */
  async forget(session: SessionId): Promise<void> {
    await Promise.all(
      [...this.#followed].filter(([, each]) => each.session === session).map(([key]) => this.#end(key)),
    );
  }

  /** The copies stay. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#followed.keys()].map((key) => this.#end(key)));
  }

  async #follow(session: SessionId, path: string, folder: string): Promise<void> {
    if (this.#followed.has(folder) || !this.#options.isRunning(session)) return;
    const [oldest] = this.#followed.keys();
    if (oldest !== undefined && this.#followed.size >= FOLLOWED) await this.#end(oldest);
    const stopping = new AbortController();
    const done = this.#renew({ session, path, signal: stopping.signal }).finally(() => {
      if (this.#followed.get(folder)?.stopping === stopping) this.#followed.delete(folder);
    });
    this.#followed.set(folder, { session, stopping, done });
  }

  async #end(key: string): Promise<void> {
    const followed = this.#followed.get(key);
    this.#followed.delete(key);
    followed?.stopping.abort();
    await followed?.done;
  }

  /** Once more after the sandbox has ended. */
  async #renew({ session, path = '', signal }: FolderOrder): Promise<void> {
    const { copies, layerOf, isRunning, clock, logger } = this.#options;
    let waitMs = SHORTEST_MS;
    for (let isLast = false; !isLast; ) {
      await pause(clock, waitMs, signal);
      if (signal.aborted) return;
      isLast = !isRunning(session);
      const startedMs = performance.now();
      await copies.copyFolder(layerOf(session), path, signal).catch((cause: unknown) => {
        // What the session does meanwhile may be in the way; the next time it is not.
        if (!signal.aborted) logger.debug('a copy in the editor cannot be brought up to date', { session, cause });
      });
      waitMs = Math.max(SHORTEST_MS, (performance.now() - startedMs) * SHARE);
    }
  }
}
