import { createHash } from 'node:crypto';
import type { Person } from '../../../schema/contract/changes.ts';
import { Fault } from '../../../schema/fault.ts';
import { type BytePath, toBytes, toText } from '../../kernel/changes/files/byte-path.ts';
import { chunksOf } from '../../kernel/changes/files/content.ts';
import { reading } from '../../kernel/changes/files/read-trouble.ts';
import type { CommittedPath } from '../../kernel/changes/git/git-repository.ts';

export interface FastImport {
  readonly ref: string;
  /** The commit it is built on; undefined for the first of a repository. */
  readonly parent: string | undefined;
  readonly person: Person;
  readonly author: Person;
  readonly message: string;
  readonly atMs: number;
  /** Of the workspace in its repository; empty or ending in a slash. */
  readonly prefix: string;
  readonly paths: readonly CommittedPath[];
}

/** Writes a commit in the language of git-fast-import(1), which takes bytes as they are: no filter, no line end is changed. */
export async function writeFastImport(stdin: NodeJS.WritableStream, commit: FastImport): Promise<void> {
  const write = async (bytes: string | Uint8Array): Promise<void> => {
    if (!stdin.write(bytes)) await new Promise<void>((resolve) => stdin.once('drain', resolve).once('close', resolve));
  };
  const when = `${Math.floor(commit.atMs / 1000)} +0000`;
  const message = Buffer.from(commit.message.endsWith('\n') ? commit.message : `${commit.message}\n`);
  await write(`feature done\ncommit ${commit.ref}\n`);
  await write(`author ${commit.author.name} <${commit.author.email}> ${when}\n`);
  await write(`committer ${commit.person.name} <${commit.person.email}> ${when}\n`);
  await write(`data ${message.length}\n`);
  await write(message);
  if (commit.parent !== undefined) await write(`from ${commit.parent}\n`);
  // What goes makes room first: a file may lie where a folder was.
  for (const { path, file } of commit.paths) if (!file) await write(`D ${quoted(commit.prefix, path)}\n`);
  for (const { path, file } of commit.paths) {
    if (!file) continue;
    await write(`M ${file.mode} inline ${quoted(commit.prefix, path)}\ndata ${file.sizeBytes}\n`);
    await reading(toText(path), () => writeContent(write, path, file));
    await write('\n');
  }
  await write('done\n');
}

type CommittedFile = NonNullable<CommittedPath['file']>;

async function writeContent(
  write: (bytes: Uint8Array) => Promise<void>,
  path: BytePath,
  file: CommittedFile,
): Promise<void> {
  const hash = createHash('sha256');
  let left = file.sizeBytes;
  for await (const chunk of chunksOf(await file.content())) {
    left -= chunk.byteLength;
    if (left < 0) break;
    hash.update(chunk);
    // The chunk's memory is used again for the next one.
    await write(Buffer.from(chunk));
  }
  if (left === 0 && hash.digest('hex') === file.sha256) return;
  throw new Fault('git_failed', `Cannot commit "${toText(path)}": the session is writing it`, { retryable: true });
}

/** A path in C quotes, byte by byte where it is not plain. */
function quoted(prefix: string, path: BytePath): string {
  const bytes = Buffer.concat([Buffer.from(prefix), toBytes(path)]);
  const text = Array.from(bytes, (byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
      ? `\\${byte.toString(8).padStart(3, '0')}`
      : String.fromCharCode(byte),
  );
  return `"${text.join('')}"`;
}
