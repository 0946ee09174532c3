import type { KeyScope } from '../../../schema/key-scope.ts';
import { ADMIN_KEY_TAG, type Caller, SCOPED_KEY_TAG } from '../dispatch/context.ts';

/** The caller that a key is, for dispatch: its rules in the policy speak of `admin_key` or `scoped_key`, and of its scope. */
export function keyCaller(id: string, scope: KeyScope): Caller {
  return Object.freeze({
    actor: `key:${id}`,
    tags: Object.freeze(tagsOf(scope)),
    containerId: '',
    peerPid: 0,
    scope: Object.freeze(scope),
  });
}

function tagsOf(scope: KeyScope): string[] {
  switch (scope.kind) {
    case 'admin':
      return [ADMIN_KEY_TAG];
    case 'namespace':
      return [SCOPED_KEY_TAG, `namespace:${scope.namespace}`];
    case 'session':
      return [SCOPED_KEY_TAG, `session:${scope.session}`];
    case 'model':
      return [SCOPED_KEY_TAG, `model:${scope.model}`];
  }
}
