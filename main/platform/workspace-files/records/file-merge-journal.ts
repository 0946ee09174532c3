import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  JournalEntry,
  MergeJournal,
  MergePhase,
  MergeRecord,
  MergeStep,
} from '../../../kernel/changes/merge/merge-journal.ts';
import { errorCode } from '../folders/anchored-folders.ts';
import { appendLines, readLines, syncFolder } from './appended-lines.ts';

const SUFFIX = '.jsonl';
const STEPS_IN_A_LINE = 200;

interface Piece {
  readonly steps: readonly MergeStep[];
}

/** One file a merge in a folder of their own: the record in its first lines, then a line for each phase. */
export class FileMergeJournal implements MergeJournal {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  begin(record: MergeRecord): Promise<void> {
    // In pieces: a large record in one line would hold the thread while it is written and read.
    const pieces: Piece[] = [];
    for (let at = 0; at < record.steps.length; at += STEPS_IN_A_LINE) {
      pieces.push({ steps: record.steps.slice(at, at + STEPS_IN_A_LINE) });
    }
    return appendLines(this.#path(record.id), [{ ...record, steps: [] }, ...pieces]);
  }

  advance(id: string, phase: MergePhase): Promise<void> {
    return appendLines(this.#path(id), [phase]);
  }

  async entries(): Promise<readonly JournalEntry[]> {
    const found: JournalEntry[] = [];
    for (const name of await this.#names()) {
      // Written by `begin` and `advance`; where a crash cut `begin` off, nothing was done for the record yet.
      const [first, ...later] = (await readLines(join(this.#folder, name))) as readonly [
        MergeRecord?,
        ...(Piece | MergePhase)[],
      ];
      if (first?.version !== 1) continue;
      const steps = later.flatMap((line) => ('steps' in line ? line.steps : []));
      const phases = later.flatMap((line) => ('phase' in line ? line : []));
      found.push({ record: { ...first, steps }, last: phases.at(-1) ?? { phase: 'begun' } });
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
