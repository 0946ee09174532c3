import type { Command, KeyChoices, Scope } from './command.ts';
import type { Chord } from './key-chord.ts';

/** The keys of a command as things are now; the first is the one that is shown. */
export function keysOf(command: Command, choices: KeyChoices): readonly Chord[] {
  const chosen = choices[command.id];
  if (chosen === undefined) return command.keys ?? [];
  return chosen === '' ? [] : [chosen];
}

/** Which command a chord means in a scope. */
export function commandOf(
  commands: readonly Command[],
  choices: KeyChoices,
  press: { readonly chord: Chord; readonly scope: Scope },
): Command | undefined {
  return commands.find((command) => command.scope === press.scope && keysOf(command, choices).includes(press.chord));
}

/** The commands that the same keys would mean at the same place; a window's keys are heard in every panel. */
export function conflictsOf(
  commands: readonly Command[],
  choices: KeyChoices,
  wanted: { readonly command: Command; readonly chord: Chord },
): readonly Command[] {
  const { command, chord } = wanted;
  return commands.filter(
    (other) =>
      other.id !== command.id &&
      (other.scope === command.scope || other.scope === 'window' || command.scope === 'window') &&
      keysOf(other, choices).includes(chord),
  );
}
