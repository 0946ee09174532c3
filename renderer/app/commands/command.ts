import type { Chord } from './key-chord.ts';

/** Where keys work: in the whole window, or while the focus is on one feature's panel. */
export type Scope = 'window' | 'changes';

/** Something that a person can ask the window for, by its name, by keys, or in the palette. */
export interface Command {
  /** Stable: settings keep keys by it. `view.audit`, `changes.nextFile`. */
  readonly id: string;
  readonly title: string;
  /** Under which heading lists show it. */
  readonly group: string;
  readonly scope: Scope;
  /** The keys that it has as long as nobody chose others; the first is the one that is shown. */
  readonly keys?: readonly Chord[];
}

/** What a person chose instead: chords by command; an empty text takes the keys away. */
export type KeyChoices = Readonly<Record<string, string>>;
