import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionId } from '../../../../schema/entities.ts';
import type { BaseRecords } from '../../../kernel/changes/session/base-records.ts';
import type { BytePath } from '../../../kernel/changes/files/byte-path.ts';
import type { FileState } from '../../../kernel/changes/files/file-state.ts';
import { handOverLines, readLines, syncLines } from './appended-lines.ts';

type Line = readonly [path: BytePath, state: FileState | null];

/** A file of lines in each session's folder; it goes when the session goes. */
export class FileBaseRecords implements BaseRecords {
  readonly #sessions: string;
  readonly #unsynced = new Set<SessionId>();

  /** @param sessions the folder that holds the sessions' folders */
  constructor(sessions: string) {
    this.#sessions = sessions;
  }

  async load(session: SessionId): Promise<Map<BytePath, FileState>> {
    const bases = new Map<BytePath, FileState>();
    // Written by `append` alone.
    for (const [path, state] of (await readLines(this.#path(session))) as readonly Line[]) {
      if (state === null) bases.delete(path);
      else bases.set(path, state);
    }
    return bases;
  }

  async append(session: SessionId, entries: ReadonlyMap<BytePath, FileState | null>): Promise<void> {
    // A session that was removed meanwhile is not to come back as an empty folder.
    if (entries.size === 0 || !existsSync(join(this.#sessions, session))) return;
    await handOverLines(this.#path(session), [...entries]);
    this.#unsynced.add(session);
  }

  async sync(session: SessionId): Promise<void> {
    if (this.#unsynced.delete(session) && existsSync(join(this.#sessions, session))) {
      await syncLines(this.#path(session));
    }
  }

  #path(session: SessionId): string {
    return join(this.#sessions, session, 'bases.jsonl');
  }
}
