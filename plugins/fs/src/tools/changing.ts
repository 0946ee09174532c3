import { access, chmod, constants, open, rename, unlink } from 'node:fs/promises';
import type { ToolContext } from '@cavern/plugin-sdk/tool';
import { fromSystemError, ToolError } from '@cavern/plugin-sdk/tool-error';
import type { ResolvedPath } from '@cavern/plugin-sdk/view-path';
import { stagedBeside } from './staged-beside.ts';

export interface Target extends ResolvedPath {
  /** Where it lies on this disk. */
  readonly absolute: string;
}

/** The place that a tool changes. The workspace itself is none. Throws `workspace_root` and what resolving a path throws. */
export function targetOf(context: ToolContext, path: string, lastLink: 'follow' | 'keep'): Target {
  const resolved = context.files.resolve(path, lastLink);
  if (resolved.path === '')
    throw new ToolError('workspace_root', `Cannot change "${path}": it is the workspace itself`);
  return { ...resolved, absolute: context.files.absolute(resolved.path) };
}

/** Does something to the file system; its errors become ones that a person can read. */
export async function changing<T>(action: string, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (thrown) {
    throw fromSystemError(thrown, action);
  }
}

/** A file that is replaced need not be writable for that; who made it read-only meant it all the same. Throws a system error. */
export async function refuseReadOnly(absolute: string): Promise<void> {
  await access(absolute, constants.W_OK);
}

/** Replaces a file as a whole: whoever reads it meanwhile, or after a failure, finds the old or the new content, never a part. */
export async function replaceFile(absolute: string, content: Uint8Array, mode: number): Promise<void> {
  using staged = stagedBeside(absolute);
  const temporary = staged.path;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    // What `open` is given is narrowed by the umask.
    await chmod(temporary, mode);
    await rename(temporary, absolute);
  } catch (thrown) {
    await unlink(temporary).catch(() => undefined);
    throw thrown;
  }
}

const REDACTION_MARK = /\[redacted:[^\]\s]*\]?/g;

/**
 * Refuses content with a redaction mark that was not there before: its writer read the file redacted and would now write the
 * marks over the secrets. Throws `redacted_content`.
 */
export function refuseRedactionMarks(path: string, before: string, after: string): void {
  if (!after.includes('[redacted:')) return;
  const known = new Set(before.match(REDACTION_MARK));
  const added = (after.match(REDACTION_MARK) ?? []).find((mark) => !known.has(mark));
  if (added === undefined) return;
  throw new ToolError('redacted_content', `Cannot write "${path}": it would put "${added}" where a secret is`);
}
