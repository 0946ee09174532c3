import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEntry, MergeJournal, MergePhase, MergeRecord } from '../../kernel/changes/merge-journal.ts';
import { errorCode } from './anchored-folders.ts';
import { appendLines, readLines, syncFolder } from './appended-lines.ts';

const SUFFIX = '.jsonl';

/** One file a merge in a folder of their own: the record in its first line, then a line for each phase. */
export class FileMergeJournal implements MergeJournal {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  begin(record: MergeRecord): Promise<void> {
    return appendLines(this.#path(record.id), [record]);
  }

  advance(id: string, phase: MergePhase): Promise<void> {
    return appendLines(this.#path(id), [phase]);
  }

  async entries(): Promise<readonly JournalEntry[]> {
    const found: JournalEntry[] = [];
    for (const name of await this.#names()) {
      const [record, ...phases] = await readLines(join(this.#folder, name));
      // Written by `begin` and `advance`; a first line that was cut off is not there, and nothing was done for it yet.
      if (record === undefined || (record as Partial<MergeRecord>).version !== 1) continue;
      const last = (phases.at(-1) as MergePhase | undefined) ?? { phase: 'begun' }; // see above
      found.push({ record: record as MergeRecord, last }); // see above
    }
    return found.sort((a, b) => a.record.atMs - b.record.atMs || (a.record.id < b.record.id ? -1 : 1));
  }

  async forget(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
    syncFolder(this.#folder);
  }

  async #names(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#folder)).filter((name) => name.endsWith(SUFFIX));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  #path(id: string): string {
    return join(this.#folder, `${id}${SUFFIX}`);
  }
}
