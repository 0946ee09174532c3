import { readFileSync } from 'node:fs';
import { Fault } from '../../../schema/fault.ts';

/** A file that the operator named; what cannot be read is said in three lines. */
export function readNamedFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Fault('file_unreadable', `Cannot read "${path}": it is not there or not readable`, {
      why,
      fix: 'Name a file that you can read.',
    });
  }
}
