import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppWindows, type OpenWindow } from './app-windows.ts';
import { isReachable, readPlaces, type WindowPlace } from './window-places.ts';

class FakeWindow implements OpenWindow {
  readonly #x: number;
  #focus = (): void => undefined;
  #closing = (): void => undefined;
  #gone = (): void => undefined;

  constructor(slot: number) {
    this.#x = slot * 10;
  }

  isFocused = (): boolean => false;
  reveal = (): void => undefined;
  place = () => placeAt(this.#x);
  onFocus(listener: () => void): void {
    this.#focus = listener;
  }
  onClosing(listener: () => void): void {
    this.#closing = listener;
  }
  onGone(listener: () => void): void {
    this.#gone = listener;
  }
  focus(): void {
    this.#focus();
  }
  close(): void {
    this.#closing();
    this.#gone();
  }
  vanish(): void {
    this.#gone();
  }
}

const changes = (from: number) => ({ session: 'ses_1', panel: 'changes', from });

function placeAt(x: number): Omit<WindowPlace, 'slot' | 'detached'> {
  return { x, y: 0, width: 1280, height: 800, isMaximized: false };
}

function program() {
  const kept: number[][] = [];
  const opened: string[] = [];
  const told: number[] = [];
  const windows = new AppWindows<FakeWindow>({
    open(slot, { origin, detached }) {
      opened.push(`${slot} ${origin}${detached === undefined ? '' : ` ${detached.panel} of ${detached.from}`}`);
      return new FakeWindow(slot);
    },
    onDetached: (slot) => void told.push(slot),
    keep: (places) => void kept.push(places.map(({ slot }) => slot)),
  });
  return { windows, kept, opened, told };
}

describe('several windows', () => {
  test('have the smallest numbers that are free, and the one used last is in front', () => {
    const { windows, opened } = program();
    const [first, second] = [windows.open(), windows.open(), windows.open()];
    expect(windows.front?.slot).toBe(3);
    first?.focus();
    expect(windows.front?.slot).toBe(1);
    second?.close();
    windows.open();
    expect([opened, windows.front?.slot]).toEqual([['1 new', '2 new', '3 new', '2 new'], 2]);
  });

  test('one that is closed is forgotten, the others stay', () => {
    const { windows, kept } = program();
    windows.open();
    const second = windows.open();
    windows.open();
    second?.close();
    expect([kept, windows.size]).toEqual([[[1, 3]], 2]);
  });

  test('one whose page closes itself is forgotten too, and its number is free', () => {
    const { windows, kept, opened } = program();
    windows.open();
    const second = windows.open();
    second?.vanish();
    windows.open();
    second?.vanish();
    expect([kept, opened, windows.size]).toEqual([[[1]], ['1 new', '2 new', '2 new'], 2]);
  });

  test('come back as they were when the program is quit, and so does the last one that is closed', () => {
    const quitting = program();
    const both = [quitting.windows.open(), quitting.windows.open()];
    quitting.windows.quit();
    for (const window of both) window?.close();
    expect(quitting.kept).toEqual([[1, 2]]);
    const closing = program();
    closing.windows.open()?.close();
    expect(closing.kept).toEqual([[1]]);
  });

  test('that were open are opened again by their numbers', () => {
    const { windows, opened } = program();
    windows.open();
    windows.restore([1, 3].map((slot) => ({ slot, ...placeAt(0) })));
    expect(opened).toEqual(['1 new', '3 restored']);
  });

  test('are no more than a screen can hold', () => {
    const { windows } = program();
    for (let count = 0; count < 40; count += 1) windows.open();
    expect(windows.size).toBe(16);
  });
});

describe('a window of a panel', () => {
  test('is opened once, and its own window is told when it comes and goes', () => {
    const { windows, opened, told } = program();
    windows.open();
    expect([windows.detach(changes(1)), windows.detach(changes(1))]).toEqual([true, true]);
    expect([opened, windows.detachedFrom(1)]).toEqual([['1 new', '2 new changes of 1'], [changes(1)]]);
    windows.at(2)?.close();
    expect([windows.detachedFrom(1), told]).toEqual([[], [1, 1]]);
  });

  test('is never the one that the desktop shows something in', () => {
    const { windows } = program();
    windows.open();
    windows.detach(changes(1));
    windows.at(2)?.focus();
    expect(windows.front?.slot).toBe(1);
  });

  test('ends with the window that the panel left, and comes back with it', () => {
    const several = program();
    several.windows.open();
    const second = several.windows.open();
    several.windows.detach(changes(2));
    second?.close();
    expect([several.windows.size, several.kept.at(-1)]).toEqual([1, [1]]);
    const last = program();
    const only = last.windows.open();
    last.windows.detach(changes(1));
    only?.close();
    expect([last.windows.size, last.kept]).toEqual([0, [[1, 2]]]);
    const again = program();
    again.windows.open();
    again.windows.restore([
      { slot: 2, ...placeAt(0), detached: changes(3) },
      { slot: 3, ...placeAt(0) },
      { slot: 4, ...placeAt(0), detached: changes(9) },
    ]);
    expect(again.opened).toEqual(['1 new', '3 restored', '2 restored changes of 3']);
  });
});

describe('places of windows', () => {
  test('are read as they were written', () => {
    const whole = [1, 2].map((slot) => ({ slot, ...placeAt(slot) }));
    const places = [...whole, { slot: 3, ...placeAt(3), detached: changes(1) }];
    expect(readPlaces(JSON.stringify(places))).toEqual(places);
  });

  test('that nobody wrote are no places', () => {
    const odd = ['', '{', '{}', '[{}]', '[{"slot":0}]', JSON.stringify([{ slot: 99, ...placeAt(0) }])];
    odd.push(JSON.stringify([{ slot: 2, ...placeAt(0), detached: { ...changes(1), panel: '"><script>' } }]));
    const twice = [1, 1].map((slot) => ({ slot, ...placeAt(slot) }));
    expect([odd.map(readPlaces), readPlaces(JSON.stringify(twice)).length]).toEqual([odd.map(() => []), 1]);
    fc.assert(fc.property(fc.json(), (text) => readPlaces(text).every(({ slot }) => slot >= 1)));
  });

  test('on a screen that is gone are not used', () => {
    const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
    expect([0, 1800, 1900, 2500, -1200].map((x) => isReachable(placeAt(x), screens))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
