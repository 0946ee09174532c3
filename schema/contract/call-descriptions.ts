import type { TSchema } from 'typebox';
import type { Area, Effect, Member } from './contract.ts';

/** What a person has to know to make a call by hand: its name, what it does, what it wants. Plain JSON. */
export interface CallDescription {
  /** `session.stop`. */
  readonly name: string;
  readonly kind: Member['kind'];
  /** One sentence. */
  readonly about: string;
  readonly effect: Effect;
  readonly irreversible: boolean;
  /** A JSON Schema. */
  readonly input: TSchema;
  /** Members of the input that nobody shall read over a shoulder. */
  readonly conceals: readonly string[];
}

/**
 * Everything in the contract that a person can ask for as one act. Left out is what is a part of another act (a key stroke), what only
 * follows something for ever, and what only a host with a screen can do for somebody else.
 */
export function callDescriptions(areas: Readonly<Record<string, Area>>): CallDescription[] {
  return Object.values(areas)
    .filter(({ name }) => name !== 'window')
    .flatMap(({ name, members }) =>
      Object.entries(members)
        .filter(([, member]) => isOneAct(member))
        .map(([key, member]) => ({
          name: `${name}.${key}`,
          kind: member.kind,
          about: member.about,
          effect: member.effect,
          irreversible: member.irreversible === true,
          input: member.input,
          conceals: member.conceals ?? [],
        })),
    );
}

function isOneAct(member: Member): boolean {
  if (member.record === 'parent') return false;
  return member.kind === 'call' || member.effect !== 'read' || member.ends === true;
}
