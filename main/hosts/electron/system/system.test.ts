import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WishEvent } from '../../../../schema/contract/window.ts';
import { en } from '../messages/en.ts';
import { appMenu } from './app-menu.ts';
import { startedOf, wishOf } from './arguments.ts';
import { parseDeepLink } from './deep-link.ts';
import { Wishes } from './wishes.ts';

describe('a link', () => {
  test('asks to be shown what it names', () => {
    const links = ['cavern://session/k3v9mzq7xa', 'cavern://approval/a-1', 'cavern://audit/k3v9mzq7xa'];
    expect(links.map(parseDeepLink)).toEqual([
      { show: 'session', session: 'k3v9mzq7xa' },
      { show: 'approval', approval: 'a-1' },
      { show: 'audit', act: 'k3v9mzq7xa' },
    ]);
  });

  test('that is odd in any way asks for nothing', () => {
    const odd = [
      'cavern://session/',
      'cavern://session/a/b',
      'cavern://session/a?run=rm',
      'cavern://session/a#x',
      'cavern://session/../a',
      'cavern://session/%61',
      'cavern://session/A',
      'cavern://session/a\n',
      'cavern://session/a b',
      ' cavern://session/a',
      'CAVERN://session/a',
      'cavern:session/a',
      'cavern://user@session/a',
      'cavern://run/a',
      'cavern://merge/a',
      'cavern://approval/a/approve',
      `cavern://session/${'a'.repeat(33)}`,
      'cavern://session/ａ',
      'javascript:alert(1)',
    ];
    expect(odd.filter((link) => parseDeepLink(link) !== undefined)).toEqual([]);
  });

  test('is never taken for more than one of the three wishes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `cavern://session/${text}`),
        ),
        (text) => {
          const wish = parseDeepLink(text);
          if (wish !== undefined) expect(text).toMatch(/^cavern:\/\/(session|approval|audit)\/[a-z0-9-]+$/);
        },
      ),
    );
  });
});

describe('a start of the program', () => {
  const isFolder = (path: string): boolean => path === '/work/project' || path === '/work';
  const wish = (...args: string[]) => wishOf({ args, cwd: '/work' }, isFolder);

  test('may name a folder or a link, and a link that is none of ours is refused', () => {
    expect([wish('project'), wish('/work/project', '--home', '/h'), wish('cavern://session/a')]).toEqual([
      { show: 'folder', path: '/work/project' },
      { show: 'folder', path: '/work/project' },
      { show: 'session', session: 'a' },
    ]);
    expect([wish(), wish('--home', '/h'), wish('missing'), wish('cavern://run/rm')]).toEqual([
      undefined,
      undefined,
      undefined,
      'refused',
    ]);
  });

  test('beside the one that runs is believed only in the form that this program hands over', () => {
    expect(startedOf({ args: ['a'], cwd: '/' })).toEqual({ args: ['a'], cwd: '/' });
    const odd = [
      null,
      'x',
      {},
      { args: 'a', cwd: '/' },
      { args: [1], cwd: '/' },
      { args: ['x'.repeat(5000)], cwd: '/' },
    ];
    expect([...odd, { args: Array(100).fill('a'), cwd: '/' }, { args: [], cwd: 7 }].map(startedOf)).toEqual(
      Array(8).fill(undefined),
    );
  });
});

describe('wishes', () => {
  const event = (path: string): WishEvent => ({ wish: { show: 'folder', path }, ask: true });

  test('wait for the page, a few of them, and then come as they are made', async () => {
    const wishes = new Wishes();
    for (let count = 0; count < 20; count += 1) wishes.make(event(`/${count}`));
    const leaving = new AbortController();
    const heard: string[] = [];
    const listening = (async () => {
      for await (const { wish } of wishes.listen(leaving.signal)) {
        heard.push(wish.show === 'folder' ? wish.path : wish.show);
        if (heard.length === 8) wishes.make(event('/later'));
        if (heard.length === 9) leaving.abort();
      }
    })();
    await listening;
    expect(heard).toEqual(['/12', '/13', '/14', '/15', '/16', '/17', '/18', '/19', '/later']);
  });

  test('go to the page that listens last', async () => {
    const wishes = new Wishes();
    const { signal } = new AbortController();
    const former = wishes.listen(signal);
    const first = former.next();
    const latter = wishes.listen(signal);
    const second = latter.next();
    wishes.make(event('/a'));
    expect(await first).toEqual({ done: true, value: undefined });
    expect((await second).value).toEqual(event('/a'));
  });
});

test('the menu takes no key away from the page or a terminal', () => {
  const shown: string[] = [];
  const note = (what: string) => () => void shown.push(what);
  const menu = appMenu({
    messages: en,
    recentFolders: ['/work/R&D'],
    acts: {
      show: (view) => void shown.push(view),
      pickFolder: note('pick'),
      openFolder: (path) => void shown.push(path),
      clearRecent: note('clear'),
      newWindow: note('new window'),
      checkForUpdates: note('updates'),
    },
  });
  const items = menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
  expect(items.filter(({ role, registerAccelerator }) => role !== undefined && registerAccelerator !== false)).toEqual(
    [],
  );
  expect(items.filter(({ role, accelerator }) => role === undefined && accelerator !== undefined)).toEqual([]);
  expect(items.map(({ role }) => role)).not.toContain('toggleDevTools');
  const recent = items.find(({ label }) => label === en.menu.openRecent)?.submenu;
  const entries = Array.isArray(recent) ? recent : [];
  for (const { click } of entries) (click as (() => void) | undefined)?.();
  expect(entries[0]?.label).toBe('/work/R&&D');
  expect(shown).toEqual(['/work/R&D', 'clear']);
});
