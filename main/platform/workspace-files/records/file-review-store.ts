import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionId } from '../../../../schema/entities.ts';
import type { ReviewEntry, ReviewStore } from '../../../kernel/changes/review/reviews.ts';
import { appendLines, readLines, syncFolder } from './appended-lines.ts';

/** A file of lines in each session's folder; it goes when the session goes. */
export class FileReviewStore implements ReviewStore {
  readonly #sessions: string;

  /** @param sessions the folder that holds the sessions' folders */
  constructor(sessions: string) {
    this.#sessions = sessions;
  }

  async load(session: SessionId): Promise<readonly ReviewEntry[]> {
    // Written by `append` and `replace` alone.
    return (await readLines(this.#path(session))) as readonly ReviewEntry[];
  }

  async append(session: SessionId, entries: readonly ReviewEntry[]): Promise<void> {
    // A session that was removed meanwhile is not to come back as an empty folder.
    if (existsSync(join(this.#sessions, session))) await appendLines(this.#path(session), entries);
  }

  async replace(session: SessionId, entries: readonly ReviewEntry[]): Promise<void> {
    if (!existsSync(join(this.#sessions, session))) return;
    const path = this.#path(session);
    const fresh = `${path}.new`;
    rmSync(fresh, { force: true });
    await appendLines(fresh, entries);
    renameSync(fresh, path);
    syncFolder(join(this.#sessions, session));
  }

  #path(session: SessionId): string {
    return join(this.#sessions, session, 'review.jsonl');
  }
}
