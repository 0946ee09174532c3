import { createStore } from 'zustand/vanilla';
import type { Command, KeyChoices, Scope } from './command.ts';
import { type Chord, chordLabel } from './key-chord.ts';
import { commandOf, keysOf } from './keymap.ts';

/** Does what a command of a scope says, where that can be done now. */
export type Serve = (id: string) => void;

interface CommandsState {
  readonly commands: readonly Command[];
  readonly choices: KeyChoices;
  /** The scopes that somebody serves now. */
  readonly served: ReadonlySet<Scope>;
}

/** The one list of what can be asked for with keys. The shell and the features add to it and serve what they added. */
export class CommandsStore {
  readonly store = createStore<CommandsState>(() => ({ commands: [], choices: {}, served: new Set() }));
  readonly #servers = new Map<Scope, Serve>();

  /** What is there already stays as it is. */
  add(commands: readonly Command[]): void {
    this.store.setState((state) => {
      const known = new Set(state.commands.map(({ id }) => id));
      return { commands: [...state.commands, ...commands.filter(({ id }) => !known.has(id))] };
    });
  }

  /** What the settings say of keys. */
  choose(choices: KeyChoices): void {
    this.store.setState({ choices });
  }

  /** Runs the commands of a scope until it is called off. */
  serve(scope: Scope, serve: Serve): () => void {
    this.#servers.set(scope, serve);
    this.store.setState({ served: new Set(this.#servers.keys()) });
    return () => {
      if (this.#servers.get(scope) !== serve) return;
      this.#servers.delete(scope);
      this.store.setState({ served: new Set(this.#servers.keys()) });
    };
  }

  /** The keys that are shown for a command. */
  keysOf(id: string): Chord | undefined {
    const { commands, choices } = this.store.getState();
    const command = commands.find((one) => one.id === id);
    return command && keysOf(command, choices)[0];
  }

  /** The same as a person reads them, for a menu. */
  labelOf(id: string): string | undefined {
    const chord = this.keysOf(id);
    return chord === undefined ? undefined : chordLabel(chord);
  }

  commandOf(chord: Chord, scope: Scope): Command | undefined {
    const { commands, choices } = this.store.getState();
    return commandOf(commands, choices, { chord, scope });
  }

  run(command: Command): void {
    this.#servers.get(command.scope)?.(command.id);
  }
}
