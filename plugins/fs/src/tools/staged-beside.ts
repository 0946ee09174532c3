import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '@cavern/plugin-sdk/tool-error';
import { CALL_MARK, STAGED_PREFIX, stagingNotes } from '../../../../schema/staged-files.ts';

export interface Staged extends Disposable {
  /** Nothing is there yet. */
  readonly path: string;
}

/** A place beside a file for what takes its place in one step. It is noted until it is disposed, so that it goes if this process is killed. */
export function stagedBeside(absolute: string): Staged {
  const path = join(dirname(absolute), `${STAGED_PREFIX}${randomBytes(9).toString('base64url')}`);
  const mark = process.env[CALL_MARK];
  const note = mark === undefined ? undefined : writeNote(stagingNotes(mark), path);
  return {
    path,
    [Symbol.dispose]() {
      if (note !== undefined) quietly(() => unlinkSync(note));
    },
  };
}

function writeNote(folder: string, path: string): string | undefined {
  const note = join(folder, basename(path));
  return quietly(() => {
    try {
      symlinkSync(path, note);
    } catch (thrown) {
      if (systemCode(thrown) !== 'ENOENT') throw thrown;
      mkdirSync(folder, { mode: 0o700 });
      symlinkSync(path, note);
    }
    return note;
  });
}

/** A full /tmp is no reason not to write. */
function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown;
    return undefined;
  }
}
