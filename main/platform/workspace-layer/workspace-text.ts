import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';

const LIMIT_BYTES = 256 * 1024;

/** A text in the root of a workspace; undefined where there is none. A link, or what is no file, is an error: it could be anything. */
export async function workspaceText(workspace: string, name: string): Promise<string | undefined> {
  try {
    const file = await open(join(workspace, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw unreadable(name, 'it is not a file');
      if (stat.size > LIMIT_BYTES) throw unreadable(name, `it is larger than ${LIMIT_BYTES / 1024} KiB`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw unreadable(name, 'it is a link');
    throw thrown;
  }
}

function unreadable(name: string, state: string): Fault {
  return new Fault('cave_invalid', `Cannot read ${name}: ${state}`);
}
