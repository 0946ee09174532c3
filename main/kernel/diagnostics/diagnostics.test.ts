import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../schema/contract/app.ts';
import type { LogFilter } from '../../../schema/contract/diagnostics.ts';
import { VirtualClock } from '../../base/clock.ts';
import { bundleFiles } from './bundle.ts';
import { logFilter, readLogLine } from './log-lines.ts';
import { followLog, logPage } from './log-reading.ts';
import type { LogSource } from './ports.ts';

const signal = new AbortController().signal;

function lineOf(level: string, message: string, more: Record<string, unknown> = {}): string {
  return JSON.stringify({ at: '2026-11-22T02:00:00.000Z', level, message, ...more });
}

/** A log in memory; a place is the number of a line. */
function memoryLog(lines: string[]): LogSource {
  return {
    async *back(before) {
      const end = before === undefined ? lines.length : Number(before);
      for (let line = end - 1; line >= 0; line -= 1) yield [{ text: lines[line] ?? '', place: String(line) }];
    },
    since: async (place) => ({
      lines: place === undefined ? [] : lines.slice(Number(place)),
      place: String(lines.length),
    }),
  };
}

describe('a line of the log', () => {
  test('is read with what it brings along', () => {
    expect(readLogLine(lineOf('warn', 'slow', { part: 'audit', ms: 12 }))).toEqual({
      at: Date.parse('2026-11-22T02:00:00.000Z'),
      level: 'warn',
      part: 'audit',
      message: 'slow',
      details: '{\n  "ms": 12\n}',
    });
  });

  test('that is no line of ours is shown as it is', () => {
    for (const text of ['', '{ half', '[]', 'null', '7']) {
      expect(readLogLine(text)).toEqual({ at: 0, level: 'info', part: '', message: text, details: '' });
    }
  });

  test('is found by its level and graver ones, its part, and any text in it', () => {
    const line = readLogLine(lineOf('warn', 'A sandbox failed', { part: 'sandboxes', code: 'E_FULL' }));
    const wanted = (filter: LogFilter): boolean => logFilter(filter)(line);
    expect([wanted({}), wanted({ level: 'info' }), wanted({ level: 'error' })]).toEqual([true, true, false]);
    expect([wanted({ part: 'sandboxes' }), wanted({ part: 'audit' })]).toEqual([true, false]);
    expect([wanted({ text: 'SANDBOX' }), wanted({ text: 'e_full' }), wanted({ text: 'nothing' })]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('the log', () => {
  test('is read page by page, and every line that is wanted comes once', async () => {
    const log = memoryLog(Array.from({ length: 25 }, (_, n) => lineOf(n % 2 === 0 ? 'info' : 'error', `line ${n}`)));
    const seen: string[] = [];
    let before: string | null | undefined;
    while (before !== null) {
      const page = await logPage(log, { filter: { level: 'error' }, before, limit: 5 }, signal);
      seen.unshift(...page.lines.map(({ message }) => message));
      ({ before } = page);
    }
    expect(seen).toEqual(Array.from({ length: 12 }, (_, n) => `line ${n * 2 + 1}`));
  });

  test('is followed for as long as somebody does, and no longer', async () => {
    const lines = [lineOf('info', 'before')];
    const leaving = new AbortController();
    const clock = new VirtualClock();
    const heard: string[] = [];
    for await (const event of followLog(memoryLog(lines), { level: 'warn' }, { clock, signal: leaving.signal })) {
      heard.push(...event.lines.map(({ message }) => message));
      if (heard.length === 0) lines.push(lineOf('info', 'not wanted'), lineOf('error', 'wanted'));
      else leaving.abort();
    }
    expect([heard, clock.waiting]).toEqual([['wanted'], 0]);
  });
});

describe('a diagnostics bundle', () => {
  const files = () =>
    bundleFiles(
      {
        versions: () => ({ cavern: '1.2.3' }),
        settings: () => ({
          ...DEFAULT_SETTINGS,
          editor: '/home/ada/bin/edit --token hunter2',
          recentWorkspaces: ['/home/ada/secret-project'],
          layout: { '/home/ada/secret-project': { panels: [] } },
        }),
        doctor: async () => ({
          ok: true,
          node: '24',
          electron: null,
          engine: null,
          image: { ready: false, name: '' },
          workspaceStrategy: 'copy',
          diskLimit: 'none',
          keystore: 'file',
          checks: [{ name: 'engine', ok: false, message: 'hunter2 in a message', fix: null }],
        }),
        log: memoryLog([lineOf('info', 'first'), lineOf('error', 'login with hunter2', { file: '/home/ada/x' })]),
        crashes: { list: async () => [{ file: 'crash-a-page.txt', text: 'stack with hunter2 in /home/ada/y' }] },
        redact: (text) => text.replaceAll('hunter2', '[redacted]'),
        userFolder: '/home/ada',
      },
      signal,
    );

  test('holds what explains a failure, and says what each file is', async () => {
    const made = await files();
    expect(made.map(({ name }) => name)).toEqual([
      'versions.json',
      'doctor.json',
      'settings.json',
      'kernel.log',
      'crashes/crash-a-page.txt',
    ]);
    expect(made.every(({ about }) => about !== '')).toBe(true);
    expect(made[3]?.text.split('\n').map((line) => line.includes('first'))).toEqual([true, false, false]);
  });

  test('holds no secret, no folder of a workspace and no name of its owner', async () => {
    const all = (await files()).map(({ text }) => text).join('\n');
    expect(all).not.toMatch(/hunter2|secret-project|\/home\/ada/);
    expect(all).toContain('~/bin/edit --token [redacted]');
    expect(all).toContain('"recentWorkspaces": 1');
  });
});
