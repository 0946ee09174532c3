import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import Type from 'typebox';
import { expect, test } from 'vitest';
import type { OwnedBlobs } from '../blob-store/owned-blobs.ts';
import { archivedTexts, listArchives, verifyArchive } from './archive-file.ts';
import { openWriter } from './connection.ts';
import { bundleCrash } from './crash-bundle.ts';
import { temporaryFolder, type TestHome } from './test-home.ts';

const ROUNDS = env['CAVERN_LONG'] === '1' ? 1000 : 50;
/** The chain of so many rounds is thrown away, so that verifying does not take longer and longer. */
const ROUNDS_PER_HOME = 10;
/** Every so many rounds a home begins with a database of the first schema, and is killed while it is being opened. */
const MIGRATED_HOMES = 2;
const OPENING_MS = 300;
const BUFFERED_LOSS_MS = 500;

interface Told {
  readonly kind: string;
  readonly act: string;
  readonly atMs: number;
}

interface Kill {
  readonly after: 'ready' | 'spawned';
  readonly delayMs: number;
}

/** Starts the writer, kills it that long after it is ready or was started, and answers what it told and when it was killed. */
async function crash(arguments_: readonly string[], kill: Kill): Promise<{ told: Told[]; killedAtMs: number }> {
  const child = spawn(execPath, arguments_, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let errors = '';
  let killedAtMs = 0;
  const killLater = (): void => {
    setTimeout(() => {
      killedAtMs = Date.now();
      child.kill('SIGKILL');
    }, kill.delayMs);
  };
  if (kill.after === 'spawned') killLater();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (text === '' && kill.after === 'ready') killLater();
    text += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  expect(errors).toBe('');
  // The last line may be cut off.
  const lines = text.split('\n').slice(0, -1);
  const told = lines.map((line) => {
    const [kind = '', act = '', atMs] = line.split(' ');
    return { kind, act, atMs: Number(atMs) };
  });
  return { told, killedAtMs };
}

test(`after kill -9 no acknowledged synced act is missing, at most 500 ms of buffered ones are, and the chain is right`, {
  timeout: ROUNDS * 10_000,
}, async () => {
  using bundle = await bundleCrash();
  for (let home = 0; home < ROUNDS / ROUNDS_PER_HOME; home += 1) {
    using folder = temporaryFolder();
    const isMigrated = home % MIGRATED_HOMES === 1;
    if (isMigrated) makeFirstSchema(join(folder.path, 'cavern.db'));
    const blobs = new Set<string>();
    for (let round = 0; round < ROUNDS_PER_HOME; round += 1) {
      const opening = isMigrated && round < 2;
      const kill: Kill = opening
        ? { after: 'spawned', delayMs: Math.random() * OPENING_MS }
        : { after: 'ready', delayMs: Math.random() * 300 };
      const crashed = await crash([bundle.child, folder.path, String(round)], kill);
      const context = `home ${home}, round ${round}, ${crashed.told.length} acts`;
      await using reopened = await bundle.home.openTestHome(folder.path);
      await checkChain(reopened, context);
      await checkActs(reopened, crashed, { round, context });
      for (const { kind, act } of crashed.told) if (kind === 'blob') blobs.add(act);
      await checkBlobs(await bundle.home.openBlobs(folder.path, reopened.storage), blobs, context);
      const unfinished = ['', 'backups', 'archives'].flatMap((name) => {
        const path = join(folder.path, name);
        return existsSync(path) ? readdirSync(path).filter((file) => file.includes('tmp')) : [];
      });
      expect(unfinished, context).toEqual([]);
    }
  }
});

async function checkChain({ folder, storage, log }: TestHome, context: string): Promise<void> {
  expect(storage.recovery, context).toBeUndefined();
  expect(log.state.startVerified, context).toBe(true);
  expect(await log.verify(), context).toMatchObject({ ok: true });
  for (const { name } of listArchives(join(folder, 'archives'))) {
    expect(await verifyArchive(join(folder, 'archives', name)), `${context}, ${name}`).toMatchObject({ ok: true });
  }
}

async function checkActs(
  reopened: TestHome,
  { told, killedAtMs }: { told: readonly Told[]; killedAtMs: number },
  { round, context }: { round: number; context: string },
): Promise<void> {
  const stored = await actsOf(reopened);
  const synced = told.filter(({ kind }) => kind === 'synced').map(({ act }) => act);
  const lostSynced = synced.filter((act) => !stored.has(act));
  expect(lostSynced, context).toEqual([]);
  const buffered = told.filter(({ kind, atMs }) => kind === 'buffered' && atMs < killedAtMs - BUFFERED_LOSS_MS);
  const lostBuffered = buffered.filter(({ act }) => !stored.has(act));
  expect(lostBuffered, context).toEqual([]);
  const order = orderOf(stored, `b-${round}-`);
  expect(order, context).toEqual(inOrder(order));
  const notes = await reopened.storage.collection('note', Type.Object({ act: Type.String() }));
  const lastNote = told.findLast(({ kind }) => kind === 'note');
  if (lastNote) expect(indexOf(notes.get('newest')?.act), context).toBeGreaterThanOrEqual(indexOf(lastNote.act));
}

async function checkBlobs(blobs: OwnedBlobs, acknowledged: ReadonlySet<string>, context: string): Promise<void> {
  expect((await blobs.check(new AbortController().signal)).problems, context).toEqual([]);
  // What was being released or put is nobody's or somebody's; what was acknowledged is there whatever is collected.
  await blobs.collect();
  const report = await blobs.check(new AbortController().signal);
  expect(report, context).toMatchObject({ unreferenced: 0, problems: [] });
  const there = await Promise.all([...acknowledged].map((sha256) => blobs.has(sha256)));
  expect(there, context).not.toContain(false);
}

/** A database as the first release left it. */
function makeFirstSchema(file: string): void {
  const connection = openWriter(file);
  connection.exec(readFileSync(new URL('fixtures/schema-1.sql', import.meta.url), 'utf8'));
  connection.close();
}

/** Each act with its number, from the archives and from what the chain still holds. */
async function actsOf({ folder, storage }: TestHome): Promise<Map<string, number>> {
  const acts = new Map<string, number>();
  const base = await storage.archives.base();
  const add = ({ act, seq }: { act?: string; seq: number }): void => {
    if (act !== undefined) acts.set(act, seq);
  };
  for (const { name, last } of listArchives(join(folder, 'archives'))) {
    // An archive whose records are still in the chain was not cut off yet.
    if (last > base.seq) continue;
    for await (const text of archivedTexts(join(folder, 'archives', name))) {
      // Each line of an archive that was verified is a record.
      for (const line of text.trimEnd().split('\n')) add(JSON.parse(line) as { act?: string; seq: number });
    }
  }
  for (let seq = 0; ; ) {
    const records = await storage.audit.after(seq, 1000);
    records.forEach(add);
    const last = records.at(-1);
    if (last === undefined) return acts;
    seq = last.seq;
  }
}

/** The running numbers of the acts with that prefix, in the order they are stored. */
function orderOf(acts: ReadonlyMap<string, number>, prefix: string): number[] {
  return [...acts.keys()].filter((act) => act.startsWith(prefix)).map(indexOf);
}

function inOrder(numbers: readonly number[]): number[] {
  return numbers.map((_, index) => index);
}

function indexOf(act: string | undefined): number {
  return Number(act?.split('-').at(-1) ?? -1);
}
