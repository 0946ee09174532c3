import Type, { type Static } from 'typebox';
import { type Key, KeyId, KeyScopeText, type KeyState } from '../../../schema/contract/key.ts';
import { TimeMs } from '../../../schema/entities.ts';
import { prefixOf } from './key-token.ts';

/** What is still to be told to the webhook of a key's rotation. */
export const RotationNotice = Type.Object({
  attempts: Type.Integer({ minimum: 0 }),
  dueAt: TimeMs,
  failed: Type.Optional(Type.Literal(true)),
});
export type RotationNotice = Static<typeof RotationNotice>;

/**
 * A key as it is kept. A rotation is one such record: that the key before it has ended follows from `previous`, and what is
 * left to tell lies in `notice`, so that no crash can leave half of it.
 */
export const KeyRecord = Type.Object({
  id: KeyId,
  /** SHA-256 of the secret, in hexadecimal. */
  digest: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  scope: KeyScopeText,
  owner: Type.String(),
  issuedAt: TimeMs,
  expiresAt: TimeMs,
  rotatesAt: Type.Optional(TimeMs),
  previous: Type.Optional(KeyId),
  ended: Type.Optional(
    Type.Object({ at: TimeMs, why: Type.Union([Type.Literal('rotated'), Type.Literal('revoked')]) }),
  ),
  notice: Type.Optional(RotationNotice),
});
export type KeyRecord = Static<typeof KeyRecord>;

export function stateOf({ ended, expiresAt }: KeyRecord, nowMs: number): KeyState {
  return ended?.why ?? (expiresAt <= nowMs ? 'expired' : 'active');
}

/** When it stopped, or will stop, to be good. */
export function endOf({ ended, expiresAt }: KeyRecord): number {
  return Math.min(ended?.at ?? expiresAt, expiresAt);
}

/** A key as everybody may see it. */
export function shownKey(
  record: KeyRecord,
  facts: { readonly nowMs: number; readonly lastUsedAt?: number | undefined },
): Key {
  const { id, scope, owner, issuedAt, expiresAt, rotatesAt, previous, ended, notice } = record;
  return {
    id,
    prefix: prefixOf(id),
    scope,
    owner,
    state: stateOf(record, facts.nowMs),
    issuedAt,
    expiresAt,
    ...(rotatesAt === undefined ? {} : { rotatesAt }),
    ...(facts.lastUsedAt === undefined ? {} : { lastUsedAt: facts.lastUsedAt }),
    ...(ended === undefined ? {} : { endedAt: ended.at }),
    ...(previous === undefined ? {} : { previous }),
    ...(notice === undefined ? {} : { notice: notice.failed === true ? 'failed' : 'waiting' }),
  };
}

/** A key whose rotation is still to be told: none or itself. */
export function waitingOf(record: KeyRecord): (KeyRecord & { readonly notice: RotationNotice })[] {
  const { notice } = record;
  return notice === undefined || notice.failed === true ? [] : [{ ...record, notice }];
}

/** What the audit says of a key. */
export function auditedKey({ id, scope, owner, expiresAt }: KeyRecord): Record<string, unknown> {
  return { key: id, scope, owner, expiresAt };
}
