import type { CallDescription } from '../../../schema/contract/call-descriptions.ts';
import { messages } from './messages.ts';

/** One line of the palette. */
export interface PaletteItem {
  /** Stable, as what was used last is kept by it. */
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** What it does beside its title. */
  readonly detail?: string;
  /** The name that programs know it by. */
  readonly name?: string;
  readonly keys?: string;
  /** A call of the contract: its input is asked for. */
  readonly call?: CallDescription;
  /** Anything else happens at once. */
  readonly run?: () => void;
}

/** `Stop a session: its sandbox ends` is shown as a title and what is said beside it. */
export function itemOfCall(call: CallDescription): PaletteItem {
  const [, title = call.about, detail] = /^(.*?)(?:[:;,] (.*))?$/.exec(call.about) ?? [];
  return {
    id: `call.${call.name}`,
    title,
    group: groupOf(call.name),
    name: call.name,
    call,
    ...(detail === undefined ? {} : { detail }),
  };
}

/** `changes.discard` stands among the calls about changes. */
function groupOf(name: string): string {
  return messages.callsOf(name.slice(0, name.indexOf('.')));
}

/** True where a person is asked once more: a right is given, or something is lost. */
export function wantsConfirmation({ effect, irreversible }: CallDescription): boolean {
  return effect === 'grant' || irreversible;
}
