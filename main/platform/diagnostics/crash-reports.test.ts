import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { crashFiles, crashFolder, CrashReports } from './crash-reports.ts';
import { crashSource } from './crash-source.ts';

let logs: string;

beforeEach(() => {
  logs = mkdtempSync(join(tmpdir(), 'cavern-crashes-'));
});
afterEach(() => rmSync(logs, { recursive: true, force: true }));

function reportsAt(nowMs: { at: number }): CrashReports {
  const redact = (text: string): string => text.replaceAll('hunter2', '[redacted]');
  return new CrashReports({ logs, version: '1.2.3', redact, now: () => nowMs.at++ });
}

describe('a crash report', () => {
  test('is a text for its owner, with the end of the log and without secrets', async () => {
    writeFileSync(join(logs, 'kernel.log'), Array.from({ length: 60 }, (_, line) => `line ${line} hunter2\n`).join(''));
    const file = reportsAt({ at: 0 }).write({ part: 'page', reason: 'oom', stack: 'at login (hunter2)' });
    expect(file).toBe(join(crashFolder(logs), 'crash-1970-01-01T00-00-00-000Z-page.txt'));
    const text = readFileSync(file ?? '', 'utf8');
    expect(text).toContain('reason:   oom');
    expect(text).toContain('cavern 1.2.3');
    expect(text).toContain('at login ([redacted])');
    expect(text.split('\n').filter((line) => line.startsWith('line'))).toEqual(
      Array.from({ length: 40 }, (_, line) => `line ${line + 20} [redacted]`),
    );
    expect(statSync(file ?? '').mode & 0o777).toBe(0o600);
    expect(await crashSource(logs).list()).toEqual([{ file: 'crash-1970-01-01T00-00-00-000Z-page.txt', text }]);
  });

  test('is written twenty times in a run at most, and fifty are kept', () => {
    for (const day of [0, 1, 2]) {
      const reports = reportsAt({ at: day * 86_400_000 });
      for (let count = 0; count < 30; count += 1) reports.write({ part: 'kernel', reason: 'again' });
    }
    const files = crashFiles(crashFolder(logs));
    expect([files.length, files[0]?.slice(0, 16)]).toEqual([50, 'crash-1970-01-03']);
  });

  test('that cannot be written ends nothing', () => {
    rmSync(logs, { recursive: true });
    writeFileSync(logs, 'a file where the folder was');
    expect(reportsAt({ at: 0 }).write({ part: 'helper', reason: 'gone' })).toBeUndefined();
    rmSync(logs);
    mkdirSync(logs);
  });

  test('is told from other files', () => {
    mkdirSync(join(crashFolder(logs), 'dumps'), { recursive: true });
    writeFileSync(join(crashFolder(logs), 'notes.txt'), '');
    expect(readdirSync(crashFolder(logs)).length).toBe(2);
    expect(crashFiles(crashFolder(logs))).toEqual([]);
  });
});
