import { describe, expect, test } from 'vitest';
import { Fault } from '../../../../schema/fault.ts';
import { en } from '../messages/en.ts';
import { lookForUpdates, type UpdateSource } from './look-for-updates.ts';
import { checkFiles, checkValidity } from './signed-feed.ts';

const ON = { enabled: true, address: 'https://example.org/', publisherKey: 'key' };

/** What was asked and done, where the person's answers are the numbers of these buttons. */
async function look(answers: number[], options: { settings?: typeof ON; check?: UpdateSource['check'] } = {}) {
  const log: string[] = [];
  await lookForUpdates({
    settings: options.settings ?? ON,
    version: '1.0.0',
    messages: en,
    open: () => ({
      check: options.check ?? (async () => ({ version: '1.1.0', state: 'newer' })),
      download: async () => void log.push('download'),
      install: () => void log.push('install'),
    }),
    async ask({ message, detail }) {
      log.push(detail === '' || message.endsWith('.') ? message : `${message}: ${detail}`);
      return answers.shift() ?? 1;
    },
    showSettings: () => void log.push('settings'),
    onFailure: () => void log.push('logged'),
  });
  return log;
}

describe('looking for updates', () => {
  test('that are off leads to the settings and asks nobody', async () => {
    for (const off of [{ enabled: false }, { address: '' }, { publisherKey: '' }]) {
      expect(await look([0], { settings: { ...ON, ...off } })).toEqual([en.updates.off, 'settings']);
    }
  });

  test('downloads and installs nothing that was not asked for', async () => {
    expect(await look([1])).toEqual([en.updates.found('1.1.0')]);
    expect(await look([0, 1])).toEqual([en.updates.found('1.1.0'), 'download', en.updates.ready('1.1.0')]);
    expect((await look([0, 0])).slice(1)).toEqual(['download', en.updates.ready('1.1.0'), 'install']);
  });

  test('says that there is nothing newer, or nothing that could be renewed', async () => {
    expect(await look([], { check: async () => ({ version: '1.0.0', state: 'same' }) })).toEqual([
      en.updates.current('1.0.0'),
    ]);
    expect(await look([], { check: async () => 'none' })).toEqual([en.updates.noInstaller]);
  });

  test('that is refused says why', async () => {
    const check = async (): Promise<never> => {
      throw new Fault('update_refused', 'Cannot', { why: 'It has no signature.', fix: 'Ask.' });
    };
    expect(await look([], { check })).toEqual(['logged', 'Cannot look for updates: It has no signature.\nAsk.']);
  });
});

test('files that lie elsewhere, or have no digest, are refused', () => {
  const feed = new URL('https://example.org/feed/');
  const sha512 = `${'A'.repeat(86)}==`;
  expect(() => checkFiles([{ url: 'a.AppImage', sha512 }], feed)).not.toThrow();
  for (const url of ['https://example.com/a', 'http://example.org/a', '//evil.example/a', 'file:///a']) {
    expect(() => checkFiles([{ url, sha512 }], feed)).toThrow('the feed is refused');
  }
  for (const digest of ['', 'short', 'A'.repeat(88)]) {
    expect(() => checkFiles([{ url: 'a', sha512: digest }], feed)).toThrow('the feed is refused');
  }
  expect(() => checkFiles([], feed)).toThrow('the feed is refused');
});

test('a feed is valid to the moment that it names, whether YAML takes that for a date or for a text', () => {
  const untilMs = Date.parse('2026-12-22T00:00:00Z');
  for (const validUntil of [new Date(untilMs), '2026-12-22T00:00:00Z']) {
    expect(() => checkValidity(validUntil, untilMs)).not.toThrow();
    expect(() => checkValidity(validUntil, untilMs + 1)).toThrow('the feed is refused');
  }
});
