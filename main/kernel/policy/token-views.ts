import type { TokenView } from '../../../schema/contract/policy.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { textDigest } from './text-digest.ts';
import type { LiveToken, TokenRegistry } from './token-registry.ts';

const HANDLE_DIGITS = 12;

/** Names a token without being worth anything: the token's own id never leaves the kernel but to its bearer. */
export function tokenHandle(id: string): string {
  return textDigest(id).slice(0, HANDLE_DIGITS);
}

/** The live tokens, as the operator sees them. */
export function tokenViews(
  tokens: readonly LiveToken[],
  sessionOf: (containerId: string) => SessionId | undefined,
): TokenView[] {
  return tokens.map(({ id, containerId, peerPid, syscall, pathGlobs = [], paths = [], maxOps, opsLeft, endsAt }) => {
    const session = sessionOf(containerId);
    return {
      token: tokenHandle(id),
      containerId,
      ...(session === undefined ? {} : { session }),
      peerPid,
      syscall,
      pathGlobs: [...pathGlobs, ...paths],
      maxOps,
      opsLeft,
      endsAt,
    };
  });
}

/** Ends the token of a handle. @returns its id. @throws Fault `not_found` */
export function revokeByHandle(tokens: Pick<TokenRegistry, 'list' | 'revoke'>, handle: string, at: number): string {
  const known = tokens.list(at).find(({ id }) => tokenHandle(id) === handle);
  if (known === undefined || !tokens.revoke(known.id)) {
    throw new Fault('not_found', `Cannot end token "${handle}": it has ended already, or there never was one`);
  }
  return known.id;
}
