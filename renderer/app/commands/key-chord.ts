import { messages } from '../../ui/messages.ts';

/** Keys that are pressed together, as they are kept: `Mod+Shift+P`, `F6`, `?`, `Shift+A`. `Mod` is Ctrl, and ⌘ on a Mac. */
export type Chord = string;

export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const MODIFIERS: ReadonlySet<string> = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead']);
const SHORT_NAMES: Readonly<Record<string, string>> = {
  ' ': 'Space',
  '+': 'Plus',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
};

export const isMac = typeof navigator !== 'undefined' && navigator.userAgent.includes('Macintosh');

/** The chord of a press; undefined while only modifiers are down. Shift that makes another character is part of the character. */
export function chordOf(press: KeyPress, onMac = isMac): Chord | undefined {
  const { key } = press;
  if (key === '' || MODIFIERS.has(key)) return undefined;
  const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  const isShifted = press.shiftKey && (isLetter || key.length > 1 || key === ' ');
  const name = SHORT_NAMES[key] ?? (isLetter ? key.toUpperCase() : key);
  const parts = [
    ...((onMac ? press.metaKey : press.ctrlKey) ? ['Mod'] : []),
    ...((onMac ? press.ctrlKey : press.metaKey) ? [onMac ? 'Ctrl' : 'Meta'] : []),
    ...(press.altKey ? ['Alt'] : []),
    ...(isShifted ? ['Shift'] : []),
    name,
  ];
  return parts.join('+');
}

/** As a person reads it: `Ctrl+Shift+P`. */
export function chordLabel(chord: Chord, onMac = isMac): string {
  const names: Readonly<Record<string, string>> = onMac
    ? { Mod: '⌘', Alt: '⌥', Shift: '⇧', Ctrl: '⌃' }
    : messages.keyNames;
  return chord
    .split('+')
    .map((part) => names[part] ?? part)
    .join('+');
}

/** As `aria-keyshortcuts` wants it. */
export function chordForReaders(chord: Chord, onMac = isMac): string {
  const names: Readonly<Record<string, string>> = {
    Mod: onMac ? 'Meta' : 'Control',
    Up: 'ArrowUp',
    Down: 'ArrowDown',
    Left: 'ArrowLeft',
    Right: 'ArrowRight',
  };
  return chord
    .split('+')
    .map((part) => names[part] ?? part)
    .join('+');
}

/** What a person types text with: no Ctrl, no ⌘, no Alt, and no key with a name but Space and the like. */
export function isPlain(chord: Chord): boolean {
  return !/(^|\+)(Mod|Meta|Ctrl|Alt)\+/.test(chord) && !/^(Shift\+)?F\d+$/.test(chord);
}

const FOR_THE_WINDOW = /^(Mod\+Shift\+.+|Mod\+[\d,]|Mod\+Page(Up|Down)|(Shift\+)?F6)$/;

/** What a shell, or a program in a terminal, has a use for: it gets the keys while the focus is on it. */
export function belongsToTerminal(chord: Chord): boolean {
  return !FOR_THE_WINDOW.test(chord);
}
