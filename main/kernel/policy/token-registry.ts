import { CapabilityToken, type TokenGrant } from './capability-token.ts';

/** Expired tokens looked at for each new one: enough to keep their number bounded, cheap enough not to notice. */
const SWEEP_BATCH = 8;

export interface TokenRegistryOptions {
  /** Gives an id that nobody can guess and that was not given before. */
  readonly newId: () => string;
}

/** A token as a list shows it. */
export interface LiveToken extends TokenGrant {
  readonly id: string;
  readonly endsAt: number;
  readonly opsLeft: number;
}

/** Every live capability token, found in one step by its id. */
export class TokenRegistry {
  readonly #newId: () => string;
  readonly #tokens = new Map<string, CapabilityToken>();
  readonly #bySandbox = new Map<string, Set<string>>();

  constructor({ newId }: TokenRegistryOptions) {
    this.#newId = newId;
  }

  /**
   * Gives out a token after a call was allowed. Nonces from 1 on are good for it.
   * @param at milliseconds, the time of the call
   * @throws GlobError
   */
  issue(grant: TokenGrant, at: number): CapabilityToken {
    this.#sweep(at);
    const token = new CapabilityToken(this.#newId(), grant, { issuedAt: at });
    this.#tokens.set(token.id, token);
    const siblings = this.#bySandbox.get(grant.containerId);
    if (siblings === undefined) this.#bySandbox.set(grant.containerId, new Set([token.id]));
    else siblings.add(token.id);
    return token;
  }

  find(id: string): CapabilityToken | undefined {
    return this.#tokens.get(id);
  }

  /** The tokens that are still worth something at a time. */
  list(at: number): LiveToken[] {
    const live: LiveToken[] = [];
    for (const { id, grant, endsAt, opsLeft } of this.#tokens.values()) {
      if (at < endsAt && opsLeft > 0) live.push({ ...grant, id, endsAt, opsLeft });
    }
    return live;
  }

  /** How many a container has, those that are spent and not yet swept away among them. */
  countOf(containerId: string): number {
    return this.#bySandbox.get(containerId)?.size ?? 0;
  }

  /** Ends one token at once. @returns whether there was one. */
  revoke(id: string): boolean {
    const token = this.#tokens.get(id);
    if (token === undefined) return false;
    this.#tokens.delete(id);
    const siblings = this.#bySandbox.get(token.grant.containerId);
    siblings?.delete(id);
    if (siblings?.size === 0) this.#bySandbox.delete(token.grant.containerId);
    return true;
  }

  /** Ends the tokens of a container that is gone. @returns their ids, for the audit. */
  revokeSandbox(containerId: string): string[] {
    const ids = [...(this.#bySandbox.get(containerId) ?? [])];
    for (const id of ids) this.revoke(id);
    return ids;
  }

  /** Ends every token: the policy that they stood on is no longer in force. @returns their ids, for the audit. */
  revokeAll(): string[] {
    const ids = [...this.#tokens.keys()];
    this.#tokens.clear();
    this.#bySandbox.clear();
    return ids;
  }

  #sweep(at: number): void {
    let looked = 0;
    for (const [id, token] of this.#tokens) {
      if (looked++ === SWEEP_BATCH) break;
      if (at >= token.endsAt || token.opsLeft === 0) this.revoke(id);
      else {
        // To the end of the line, so that the next sweep looks at others.
        this.#tokens.delete(id);
        this.#tokens.set(id, token);
      }
    }
  }
}
