import type { GatewayLimit } from '../../../schema/contract/gateway.ts';
import { KEY_KINDS } from '../../../schema/key-scope.ts';
import type { KeyUse } from '../keys/authentication.ts';
import type { KeyMinute } from '../keys/authenticator.ts';
import { KEY_RULES } from '../keys/key-rules.ts';

/** The limits of each kind of keys, with the key that is nearest to its own. */
export function gatewayLimits(minutes: readonly KeyMinute[], uses: readonly KeyUse[]): GatewayLimit[] {
  return KEY_KINDS.map((kind) => {
    const theirs = minutes.filter((minute) => minute.kind === kind);
    const [busiest] = [...theirs].sort((a, b) => b.used - a.used);
    return {
      kind,
      requestsPerMinute: KEY_RULES[kind].requestsPerMinute,
      keys: theirs.length,
      used: busiest?.used ?? 0,
      busiest: busiest?.prefix ?? null,
      refused: uses.find((use) => use.kind === kind)?.limited ?? 0,
    };
  });
}
