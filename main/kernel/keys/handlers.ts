import type { Handlers } from '../../../schema/contract/contract.ts';
import type { key } from '../../../schema/contract/key.ts';
import { KEY_KINDS } from '../../../schema/key-scope.ts';
import type { CallContext } from '../dispatch/context.ts';
import { KEY_RULES } from './key-rules.ts';
import type { Keys } from './keys.ts';

export function keyHandlers(keys: Keys): Handlers<typeof key, CallContext> {
  return {
    async issue(order, { caller, note }) {
      const issued = await keys.issue(order, caller.actor);
      note({ data: { key: issued.id } });
      return issued;
    },
    list: () => keys.picture(),
    watch: (_input, { signal }) => keys.watch(signal),
    async rotate({ id }, { caller, note }) {
      const issued = await keys.rotate(id, caller.actor);
      note({ data: { key: issued.id, previous: id } });
      return issued;
    },
    revoke: ({ id }, { caller }) => keys.revoke(id, caller.actor),
    configureWebhook: ({ url, secret }) => keys.configureWebhook(url, secret),
    limits: () => ({ kinds: KEY_KINDS.map((kind) => ({ kind, ...KEY_RULES[kind] })) }),
  };
}
