import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import Type from 'typebox';
import { expect, test } from 'vitest';
import { openTestHome, temporaryFolder } from './test-home.ts';

const ROUNDS = env['CAVERN_LONG'] === '1' ? 1000 : 10;
/** The chain of so many rounds is thrown away, so that verifying does not take longer and longer. */
const ROUNDS_PER_HOME = 20;
const BUFFERED_LOSS_MS = 500;
const CHILD = fileURLToPath(new URL('crash-child.ts', import.meta.url));

interface Told {
  readonly kind: string;
  readonly act: string;
  readonly atMs: number;
}

/** Starts the writer, kills it that long after it is ready, and answers what it told and when it was killed. */
async function crash(folder: string, round: number, afterMs: number): Promise<{ told: Told[]; killedAtMs: number }> {
  const child = spawn(execPath, [CHILD, folder, String(round)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let errors = '';
  let killedAtMs = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (text === '') {
      setTimeout(() => {
        killedAtMs = Date.now();
        child.kill('SIGKILL');
      }, afterMs);
    }
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
  for (let home = 0; home < ROUNDS / ROUNDS_PER_HOME; home += 1) {
    using folder = temporaryFolder();
    for (let round = 0; round < Math.min(ROUNDS, ROUNDS_PER_HOME); round += 1) {
      const { told, killedAtMs } = await crash(folder.path, round, Math.random() * 300);
      const context = `home ${home}, round ${round}, ${told.length} acts`;
      await using reopened = await openTestHome(folder.path);
      expect(reopened.storage.recovery, context).toBeUndefined();
      expect(reopened.log.state.startVerified, context).toBe(true);
      expect(await reopened.log.verify(), context).toMatchObject({ ok: true });
      const stored = await actsOf(reopened.storage.audit);
      const synced = told.filter(({ kind }) => kind === 'synced').map(({ act }) => act);
      expect(
        synced.filter((act) => !stored.has(act)),
        context,
      ).toEqual([]);
      const buffered = told.filter(({ kind, atMs }) => kind === 'buffered' && atMs < killedAtMs - BUFFERED_LOSS_MS);
      expect(
        buffered.filter(({ act }) => !stored.has(act)),
        context,
      ).toEqual([]);
      expect(orderOf(stored, `b-${round}-`), context).toEqual(inOrder(orderOf(stored, `b-${round}-`)));
      const notes = await reopened.storage.collection('note', Type.Object({ act: Type.String() }));
      const lastNote = told.findLast(({ kind }) => kind === 'note');
      if (lastNote) expect(indexOf(notes.get('newest')?.act), context).toBeGreaterThanOrEqual(indexOf(lastNote.act));
      const unfinished = readdirSync(join(folder.path, 'backups')).filter((name) => name.includes('tmp'));
      expect(unfinished, context).toEqual([]);
    }
  }
});

async function actsOf(store: { after(seq: number, limit: number): Promise<{ seq: number; act?: string }[]> }) {
  const acts = new Map<string, number>();
  for (let seq = 0; ; ) {
    const records = await store.after(seq, 1000);
    for (const record of records) if (record.act !== undefined) acts.set(record.act, record.seq);
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
