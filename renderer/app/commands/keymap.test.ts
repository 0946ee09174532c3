import { describe, expect, it } from 'vitest';
import type { Command } from './command.ts';
import { commandOf, conflictsOf, keysOf } from './keymap.ts';

const palette: Command = {
  id: 'palette',
  title: 'Palette',
  group: 'Help',
  scope: 'window',
  keys: ['Mod+K', 'Mod+Shift+P'],
};
const next: Command = { id: 'changes.next', title: 'Next', group: 'Changes', scope: 'changes', keys: ['J'] };
const merge: Command = { id: 'changes.merge', title: 'Merge', group: 'Changes', scope: 'changes', keys: ['M'] };
const all = [palette, next, merge];

describe('keys', () => {
  it('are those of the command, those chosen instead, or none', () => {
    expect(keysOf(palette, {})).toEqual(['Mod+K', 'Mod+Shift+P']);
    expect(keysOf(palette, { palette: 'F2' })).toEqual(['F2']);
    expect(keysOf(palette, { palette: '' })).toEqual([]);
  });

  it('mean a command only where its scope is', () => {
    expect(commandOf(all, {}, { chord: 'J', scope: 'changes' })).toBe(next);
    expect(commandOf(all, {}, { chord: 'J', scope: 'window' })).toBeUndefined();
    expect(commandOf(all, { palette: 'J' }, { chord: 'J', scope: 'window' })).toBe(palette);
  });

  it('are in conflict in the same scope, and with those of the whole window', () => {
    expect(conflictsOf(all, {}, { command: next, chord: 'M' })).toEqual([merge]);
    expect(conflictsOf(all, {}, { command: palette, chord: 'J' })).toEqual([next]);
    expect(conflictsOf(all, { 'changes.next': '' }, { command: palette, chord: 'J' })).toEqual([]);
  });
});
