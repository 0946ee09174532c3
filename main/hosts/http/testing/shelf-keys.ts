import { Secret } from '../../../base/secret.ts';
import type {
  Authentication,
  AuthenticatedKey,
  KeyRefusal,
  KeyUse,
  RotatedToken,
} from '../../../kernel/keys/authentication.ts';

export const ADMIN = 'cav_admin111_secret';
export const OTHER = 'cav_other222_secret';
export const LIMITED = 'cav_limit333_secret';
export const DUE = 'cav_due44444_secret';

/** Keys that are always there, one of each kind that the gateway treats otherwise, until a test ends one. */
export class ShelfKeys implements Authentication {
  readonly unknown = 0;
  readonly #ended = new Set<string>();
  readonly #watches = new Map<string, Set<() => void>>();

  authenticate(token: string | undefined): AuthenticatedKey | KeyRefusal {
    if (token === LIMITED) {
      const body = {
        error: 'rate_limit_exceeded',
        category: 'admin',
        limit: 10,
        window_seconds: 60,
        retry_after_seconds: 7,
      } as const;
      return { status: 429, reason: 'rate_limit_exceeded', message: 'Too often', retryAfterSeconds: 7, body };
    }
    const known = [ADMIN, OTHER, DUE].find((each) => each === token);
    if (known !== undefined && !this.#ended.has(idOf(known))) return keyOf(idOf(known));
    const reason = token === undefined ? 'missing' : known === undefined ? 'unknown' : 'revoked';
    return { status: 401, reason, message: 'Cannot let you in: the key is not known' };
  }

  rotateDue(id: string): Promise<RotatedToken> {
    return Promise.resolve({ id, token: new Secret('cav_new55555_secret'), expiresAt: 2000 });
  }

  onEnd(id: string, ended: () => void): Disposable {
    const theirs = this.#watches.get(id) ?? new Set();
    this.#watches.set(id, theirs.add(ended));
    return { [Symbol.dispose]: () => void theirs.delete(ended) };
  }

  use(): readonly KeyUse[] {
    return [{ kind: 'admin', accepted: 3, limited: 1, ended: 0 }];
  }

  /** As if it were revoked. */
  end(token: string): void {
    const id = idOf(token);
    this.#ended.add(id);
    for (const ended of this.#watches.get(id) ?? []) ended();
  }
}

function idOf(token: string): string {
  return token.split('_')[1] ?? '';
}

function keyOf(id: string): AuthenticatedKey {
  return {
    id,
    prefix: `cav_${id}`,
    scope: { kind: 'admin' },
    caller: { actor: `key:${id}`, tags: ['key'], containerId: '', peerPid: 0, scope: { kind: 'admin' } },
    rotationDue: id === 'due44444',
  };
}
