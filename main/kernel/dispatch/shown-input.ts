import type { Member } from '../../../schema/contract/contract.ts';

/** A call's input as it may be kept and shown: without what the contract conceals. */
export function shownInput({ conceals = [] }: Pick<Member, 'conceals'>, input: unknown): unknown {
  if (conceals.length === 0 || typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, conceals.includes(name) ? '[secret]' : value]),
  );
}
