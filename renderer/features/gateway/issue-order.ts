import { type KeyKind, parseKeyScope } from '../../../schema/key-scope.ts';
import type { KeyOrder } from './keys-store.ts';

const HOUR_MS = 3_600_000;

/** The lifetimes to choose from, beside the longest that the kind allows. */
export const SHORTER_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const;
export type Lifetime = keyof typeof SHORTER_MS | 'longest';

export interface IssueFields {
  readonly kind: KeyKind;
  /** Of the namespace, the session or the model. */
  readonly name: string;
  readonly owner: string;
  readonly lifetime: Lifetime;
}

/** What was chosen and typed, as the kernel takes it; undefined where it would not. */
export function orderOf({ kind, name, owner, lifetime }: IssueFields): KeyOrder | undefined {
  const scope = kind === 'admin' ? kind : `${kind}:${name.trim()}`;
  const whose = owner.trim();
  if (parseKeyScope(scope) === undefined) return undefined;
  if (whose !== '' && !/^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,63}$/.test(whose)) return undefined;
  return {
    scope,
    ...(whose === '' ? {} : { owner: whose }),
    ...(lifetime === 'longest' ? {} : { ttlMs: SHORTER_MS[lifetime] }),
  };
}

/** Those that are shorter than the longest. */
export function shorterThan(longestMs: number): (keyof typeof SHORTER_MS)[] {
  return (['week', 'day', 'hour'] as const).filter((each) => SHORTER_MS[each] < longestMs);
}
