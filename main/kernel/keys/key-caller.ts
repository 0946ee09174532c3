import type { KeyScope } from '../../../schema/key-scope.ts';
import { ADMIN_KEY_TAG, type Caller, SCOPED_KEY_TAG } from '../dispatch/context.ts';

/** The caller that a key is, for dispatch: its rules in the policy speak of `admin_key` or `scoped_key`, and of its scope. */
export function keyCaller(id: string, scope: KeyScope): Caller {
  return Object.freeze({
    actor: `key:${id}`,
    tags: scope.kind === 'admin' ? ADMIN_TAGS : Object.freeze(tagsOf(scope)),
    containerId: '',
    peerPid: 0,
    scope: Object.freeze(scope),
  });
}

/** The same list for each: what is found out for it once holds for all of them. */
const ADMIN_TAGS: readonly string[] = Object.freeze([ADMIN_KEY_TAG]);

function tagsOf(scope: Exclude<KeyScope, { kind: 'admin' }>): string[] {
  switch (scope.kind) {
    case 'namespace':
      return [SCOPED_KEY_TAG, `namespace:${scope.namespace}`];
    case 'session':
      return [SCOPED_KEY_TAG, `session:${scope.session}`];
    case 'model':
      return [SCOPED_KEY_TAG, `model:${scope.model}`];
  }
}
