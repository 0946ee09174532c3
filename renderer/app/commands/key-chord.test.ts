import { describe, expect, it } from 'vitest';
import { belongsToTerminal, chordForReaders, chordLabel, chordOf, isPlain, type KeyPress } from './key-chord.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('a chord', () => {
  it('is the same for a letter with and without caps lock', () => {
    expect(chordOf(press('k', { ctrlKey: true }), false)).toBe('Mod+K');
    expect(chordOf(press('K', { ctrlKey: true }), false)).toBe('Mod+K');
    expect(chordOf(press('P', { ctrlKey: true, shiftKey: true }), false)).toBe('Mod+Shift+P');
  });

  it('counts Shift only where it does not make another character', () => {
    expect(chordOf(press('?', { shiftKey: true }), false)).toBe('?');
    expect(chordOf(press('A', { shiftKey: true }), false)).toBe('Shift+A');
    expect(chordOf(press('F6', { shiftKey: true }), false)).toBe('Shift+F6');
  });

  it('is none while only modifiers are down', () => {
    expect(chordOf(press('Control', { ctrlKey: true }))).toBeUndefined();
    expect(chordOf(press('Shift', { shiftKey: true }))).toBeUndefined();
  });

  it('means the same on a Mac, with its own key', () => {
    expect(chordOf(press('k', { metaKey: true }), true)).toBe('Mod+K');
    expect(chordLabel('Mod+Shift+P', true)).toBe('⌘+⇧+P');
    expect(chordLabel('Mod+Shift+P', false)).toBe('Ctrl+Shift+P');
    expect(chordForReaders('Mod+Shift+Down', false)).toBe('Control+Shift+ArrowDown');
  });

  it('is plain where a person could be typing text', () => {
    expect(['A', 'Shift+A', '?', 'Space', 'Mod+K', 'Alt+A', 'F6', 'Shift+F6'].filter(isPlain)).toEqual([
      'A',
      'Shift+A',
      '?',
      'Space',
    ]);
  });

  it('is a shell’s own where shells use it, so that Ctrl+K still kills the line', () => {
    expect(['Mod+K', 'Mod+B', 'Alt+B', 'Mod+Shift+P', 'F6', 'Mod+1', 'F1', 'Up'].filter(belongsToTerminal)).toEqual([
      'Mod+K',
      'Mod+B',
      'Alt+B',
      'F1',
      'Up',
    ]);
  });
});
