import { describe, expect, test } from 'vitest';
import { question } from '../approvals/question.fixture.ts';
import { de } from '../messages/de.ts';
import { en } from '../messages/en.ts';
import { ApprovalTray } from './approval-tray.ts';
import { trayIcon } from './tray-icon.ts';
import { trayMenu } from './tray-menu.ts';

function actsInto(log: string[]) {
  return {
    reveal: (id: string) => void log.push(`reveal ${id}`),
    showAll: () => void log.push('all'),
    show: () => void log.push('show'),
    newWindow: () => void log.push('new window'),
    quit: () => void log.push('quit'),
  };
}

describe('the menu of the tray', () => {
  test('has the newest questions, each of which leads to the window and is not answered', () => {
    const log: string[] = [];
    const approvals = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => question({ id, text: 'rm -rf build' }));
    const menu = trayMenu({ approvals, messages: en, acts: actsInto(log) });
    for (const { click } of menu) (click as (() => void) | undefined)?.();
    expect(log).toEqual([
      'reveal g',
      'reveal f',
      'reveal e',
      'reveal d',
      'reveal c',
      'all',
      'show',
      'new window',
      'quit',
    ]);
    expect(menu.map(({ label }) => label).join()).not.toMatch(/rm -rf|plan\.md|Approve|Deny/);
    expect(menu[0]).toEqual({ label: '7 questions wait for you', enabled: false });
  });

  test('says that nothing waits, in the language of the settings', () => {
    const [first] = trayMenu({ approvals: [], messages: de, acts: actsInto([]) });
    expect(first?.label).toBe('Nichts wartet auf Sie');
  });
});

describe('the icon of the tray', () => {
  test('is there while the settings want it, and changes with what waits only', () => {
    const log: string[] = [];
    const tray = new ApprovalTray({
      create() {
        log.push('created');
        return {
          show: (state, tooltip) => void log.push(`${state} | ${tooltip}`),
          [Symbol.dispose]: () => void log.push('removed'),
        };
      },
      acts: actsInto([]),
    });
    tray.update({ isWanted: false, approvals: [], messages: en });
    tray.update({ isWanted: true, approvals: [], messages: en });
    tray.update({ isWanted: true, approvals: [question()], messages: en });
    tray.update({ isWanted: true, approvals: [question()], messages: en });
    tray.update({ isWanted: false, approvals: [question()], messages: en });
    tray[Symbol.dispose]();
    expect(log).toEqual(['created', 'quiet | Cavern', 'waiting | Cavern – A question waits for you', 'removed']);
  });

  test('on a desktop without a tray is nothing', () => {
    const tray = new ApprovalTray({ create: () => undefined, acts: actsInto([]) });
    expect(() => tray.update({ isWanted: true, approvals: [question()], messages: en })).not.toThrow();
  });

  test('shows by its shape that something waits, at every size', () => {
    for (const size of [16, 22, 44]) {
      const [quiet, waiting] = [trayIcon(size, 'quiet'), trayIcon(size, 'waiting')];
      expect(quiet.length).toBe(size * size * 4);
      expect(quiet.some((value) => value > 0)).toBe(true);
      expect(Buffer.compare(quiet, waiting)).not.toBe(0);
    }
  });
});
