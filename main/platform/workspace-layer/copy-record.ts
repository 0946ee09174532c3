import { lstat, readFile, readdir, writeFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { below } from './secret-scan.ts';

const BLOCK_BYTES = 512;
const ENTRIES_A_TURN = 512;

const CopyRecord = Type.Object({
  /** Nothing in the copy had a later ctime when it was made. */
  madeAtMs: Type.Number(),
  /** What it took on the disk. */
  bytes: Type.Number(),
  /** The inode of each folder, by its path, whose bytes are written as Latin-1. */
  folders: Type.Record(Type.String(), Type.Number()),
});
/** What a copy of a workspace was when it was made. A folder that has another inode by now was moved or made by the session. */
export type CopyRecord = Static<typeof CopyRecord>;

/** Beside the copy, where a sandbox does not reach it. */
export function copyRecordFile(copy: string): string {
  return `${copy}-record.json`;
}

/** Call when the copy is whole and nobody writes to it yet. */
export async function writeCopyRecord(copy: string): Promise<void> {
  const root = Buffer.from(copy);
  const folders: Record<string, number> = {};
  let [bytes, entries] = [0, 0];
  const waiting: Buffer[] = [Buffer.alloc(0)];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const here = below(root, folder);
    folders[folder.toString('latin1')] = (await lstat(here)).ino;
    for (const entry of await readdir(here, { withFileTypes: true, encoding: 'buffer' })) {
      if (++entries % ENTRIES_A_TURN === 0) await nextTurn();
      const path = below(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else bytes += (await lstat(below(root, path))).blocks * BLOCK_BYTES;
    }
  }
  const file = copyRecordFile(copy);
  // The time of the file system itself, which may be behind that of the clock.
  await writeFile(file, '');
  const record: CopyRecord = { madeAtMs: (await lstat(file)).ctimeMs, bytes, folders };
  await writeFile(file, JSON.stringify(record));
}

/** undefined: it is not known what the copy was, as of one that began with what another session wrote. */
export async function readCopyRecord(copy: string): Promise<CopyRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(copyRecordFile(copy), 'utf8'));
    return Check(CopyRecord, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
