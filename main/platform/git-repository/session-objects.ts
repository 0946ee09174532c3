import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { appendFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join as joinPath } from 'node:path';
import { type BytePath, join } from '../../kernel/changes/files/byte-path.ts';
import { type Content, chunksOf, wholeContent } from '../../kernel/changes/files/content.ts';
import type { FileTree } from '../../kernel/changes/files/file-tree.ts';
import { runGit } from './run-git.ts';

const GIT = '.git' as BytePath; // a plain name is a path
const OBJECT_FOLDER = /^[0-9a-f]{2}$/;
const OBJECT = /^[0-9a-f]{38,62}$/;
const PACK = /^pack-[0-9a-f]{40,64}\.pack$/;
const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** What of it a killed process leaves, with its id. */
export const ABANDONED_COMMITS = /^cavern-commits-(\d+)-[A-Za-z0-9]{6}$/;
const REF_LIMIT_BYTES = 16 * 1024 * 1024;

/** A bare repository of one's own, in which a session's objects lie to be fetched from; it goes when it is disposed. */
export interface ObjectsAside extends AsyncDisposable {
  readonly folder: string;
  readonly refs: ReadonlyMap<string, string>;
}

export interface AsideOptions {
  readonly written: FileTree;
  /** The objects of the operator's repository, on which the session's build. */
  readonly objects: string;
  readonly signal: AbortSignal;
}

/**
 * Copies objects and refs that a session wrote, by their names alone: its config, hooks, alternates and indexes stay where
 * they are. Undefined when it wrote no commits.
 */
export async function setAside({ written, objects, signal }: AsideOptions): Promise<ObjectsAside | undefined> {
  const refs = await readRefs(written);
  if (refs.size === 0) return undefined;
  const folder = mkdtempSync(joinPath(tmpdir(), `cavern-commits-${process.pid}-`));
  const aside = { folder, refs, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
  try {
    await runGit({ args: ['init', '-q', '--bare', '--template=', folder], cwd: folder, signal });
    mkdirSync(joinPath(folder, 'objects', 'info'), { recursive: true });
    writeFileSync(joinPath(folder, 'objects', 'info', 'alternates'), `${objects}\n`);
    await copyLoose(written, joinPath(folder, 'objects'));
    await copyPacks(written, { folder, signal });
    const packed = [...refs].map(([name, sha]) => `${sha} ${name}\n`);
    writeFileSync(joinPath(folder, 'packed-refs'), `# pack-refs with: \n${packed.sort(byName).join('')}`);
    return aside;
  } catch (error) {
    await aside[Symbol.asyncDispose]();
    throw error;
  }
}

function byName(a: string, b: string): number {
  return a.slice(a.indexOf(' ')) < b.slice(b.indexOf(' ')) ? -1 : 1;
}

async function copyLoose(written: FileTree, target: string): Promise<void> {
  const objects = join(GIT, 'objects');
  for (const name of await written.names(objects)) {
    if (!OBJECT_FOLDER.test(name)) continue;
    for (const object of await written.names(join(objects, name))) {
      const path = join(join(objects, name), object);
      if (OBJECT.test(object) && (await written.stat(path))?.type === 'file') {
        await copyContent(await written.content(path), joinPath(target, name, object));
      }
    }
  }
}

/** Only the packs: an index that a session wrote could name anything, so each is made anew. */
async function copyPacks(written: FileTree, to: { folder: string; signal: AbortSignal }): Promise<void> {
  const packs = join(join(GIT, 'objects'), 'pack');
  for (const name of await written.names(packs)) {
    if (!PACK.test(name) || (await written.stat(join(packs, name)))?.type !== 'file') continue;
    const copied = joinPath(to.folder, 'objects', 'pack', name);
    await copyContent(await written.content(join(packs, name)), copied);
    await runGit({ args: ['index-pack', '--strict', copied], cwd: to.folder, signal: to.signal });
  }
}

async function copyContent(content: Content, target: string): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, '');
  for await (const chunk of chunksOf(content)) await appendFile(target, chunk);
}

/** Branches, and the commit of a detached HEAD. */
async function readRefs(written: FileTree): Promise<Map<string, string>> {
  const refs = new Map<string, string>();
  for (const line of (await textOf(written, join(GIT, 'packed-refs'))).split('\n')) {
    const [sha = '', name = ''] = line.split(' ');
    if (SHA.test(sha) && name.startsWith('refs/heads/')) refs.set(name, sha);
  }
  await readLoose(written, join(join(GIT, 'refs'), 'heads'), refs);
  const head = (await textOf(written, join(GIT, 'HEAD'))).trim();
  if (SHA.test(head)) refs.set('refs/heads/HEAD', head);
  return refs;
}

async function readLoose(written: FileTree, folder: BytePath, refs: Map<string, string>): Promise<void> {
  for (const name of await written.names(folder)) {
    const path = join(folder, name);
    const stat = await written.stat(path);
    if (stat?.type === 'folder') await readLoose(written, path, refs);
    const sha = stat?.type === 'file' ? (await textOf(written, path)).trim() : '';
    if (SHA.test(sha)) refs.set(Buffer.from(path.slice(GIT.length + 1), 'latin1').toString(), sha);
  }
}

async function textOf(tree: FileTree, path: BytePath): Promise<string> {
  if ((await tree.stat(path))?.type !== 'file') return '';
  return (await wholeContent(await tree.content(path), REF_LIMIT_BYTES))?.toString() ?? '';
}
