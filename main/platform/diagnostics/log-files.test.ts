import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { logFiles } from './log-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-logs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, lines: readonly string[]): void =>
  writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''));

/** Everything before a place, the newest first. */
async function backwards(before?: string): Promise<string[]> {
  const { signal } = new AbortController();
  const lines: string[] = [];
  for await (const piece of logFiles(folder).back(before, signal)) lines.push(...piece.map(({ text }) => text));
  return lines;
}

async function placeOf(line: string): Promise<string | undefined> {
  const { signal } = new AbortController();
  for await (const piece of logFiles(folder).back(undefined, signal)) {
    const found = piece.find(({ text }) => text === line);
    if (found) return found.place;
  }
  return undefined;
}

describe('the log, read backwards', () => {
  test('gives the lines of all its files, the newest first, without one that is half written', async () => {
    write('kernel.2.log', ['a']);
    write('kernel.1.log', ['b', 'c']);
    write('kernel.log', ['d', 'e']);
    appendFileSync(join(folder, 'kernel.log'), '{"half');
    write('other.log', ['no']);
    expect(await backwards()).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  test('goes on from a place, also after the file became an older one', async () => {
    write('kernel.log', ['a', 'b', 'c']);
    const place = await placeOf('c');
    expect(await backwards(place)).toEqual(['b', 'a']);
    renameSync(join(folder, 'kernel.log'), join(folder, 'kernel.1.log'));
    write('kernel.log', ['d']);
    expect(await backwards(place)).toEqual(['b', 'a']);
    expect(await backwards('1:999')).toEqual([]);
  });

  test('gives every line once, however long they are', async () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      fc.integer({ min: 60_000, max: 140_000 }).map((length) => 'ä'.repeat(length)),
    );
    const lines = fc.array(
      line.filter((text) => !text.includes('\n')),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(lines, async (written) => {
        write('kernel.log', written);
        expect((await backwards()).toReversed()).toEqual(written);
      }),
      { numRuns: 30 },
    );
  });

  test('that does not exist is empty', async () => {
    rmSync(folder, { recursive: true });
    expect([await backwards(), await logFiles(folder).since(undefined)]).toEqual([[], { lines: [], place: '' }]);
  });
});

describe('the log, followed', () => {
  test('gives what is written from then on, whole lines only', async () => {
    write('kernel.log', ['old']);
    const log = logFiles(folder);
    const start = await log.since(undefined);
    appendFileSync(join(folder, 'kernel.log'), 'new\nhal');
    const first = await log.since(start.place);
    appendFileSync(join(folder, 'kernel.log'), 'f\n');
    const second = await log.since(first.place);
    expect([start.lines, first.lines, second.lines, (await log.since(second.place)).lines]).toEqual([
      [],
      ['new'],
      ['half'],
      [],
    ]);
  });

  test('goes on into the next file without losing the end of the one before', async () => {
    write('kernel.log', ['old']);
    const log = logFiles(folder);
    const { place } = await log.since(undefined);
    appendFileSync(join(folder, 'kernel.log'), 'last\n');
    renameSync(join(folder, 'kernel.log'), join(folder, 'kernel.1.log'));
    write('kernel.log', ['first']);
    const { lines, place: next } = await log.since(place);
    expect([lines, (await log.since(next)).lines]).toEqual([['last', 'first'], []]);
  });
});
