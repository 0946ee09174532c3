import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { Fault } from '../../../schema/fault.ts';
import { copyRecordFile, writeCopyRecord } from './copy-record.ts';
import type { UserIds } from './id-mapper.ts';
import { removeTree } from './remove-tree.ts';
import { below } from './secret-scan.ts';

export interface CopyOptions {
  readonly workspace: string;
  readonly copy: string;
  /** Relative paths that are left out. */
  readonly without: readonly Buffer[];
  readonly owner: UserIds;
  readonly signal?: AbortSignal | undefined;
}

/** Copies a workspace with modes, times, links and holes, sharing blocks where the file system can. An unfinished copy is removed. */
export async function copyWorkspace(options: CopyOptions): Promise<void> {
  const { workspace, copy, without, owner, signal } = options;
  await removeTree(copy);
  await rm(copyRecordFile(copy), { force: true });
  await mkdir(copy, { recursive: true, mode: 0o700 });
  try {
    // `cp` knows holes, hard links and block sharing, which Node's own copy does not.
    const flags = process.platform === 'linux' ? ['-a', '--reflink=auto'] : ['-a'];
    await run('cp', [...flags, '--', `${workspace}/.`, copy], signal);
    for (const path of without) await removeCopied(below(Buffer.from(copy), path));
    if (process.getuid?.() === 0) await run('chown', ['-R', '-h', `${owner.uid}:${owner.gid}`, copy], signal);
    await writeCopyRecord(copy);
  } catch (thrown) {
    await removeTree(copy);
    throw thrown;
  }
}

/** Also out of a folder that its owner may not write to; the copy is ours, its folders look like the originals. */
async function removeCopied(path: Buffer): Promise<void> {
  const parent = path.subarray(0, path.lastIndexOf(0x2f));
  const { mode } = await lstat(parent);
  await chmod(parent, 0o700);
  await rm(path, { force: true });
  await chmod(parent, mode & 0o7777);
}

async function run(command: string, argv: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  const child = spawn(command, argv, { stdio: ['ignore', 'ignore', 'pipe'], ...(signal ? { signal } : {}) });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, 2000);
  });
  const [code] = await once(child, 'close');
  if (code === 0) return;
  const isFull = /No space left on device/.test(complaint);
  throw new Fault(
    isFull ? 'disk_full' : 'workspace_invalid',
    `Cannot copy the workspace: ${isFull ? 'the disk is full' : `${command} failed`}`,
    {
      why: complaint.trim(),
    },
  );
}
