import { isDeepStrictEqual } from 'node:util';
import type { Publisher, SigstoreIdentity } from '../../../../schema/contract/plugin.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { PolicyPublisher } from '../../../../schema/policy.ts';
import type { Clock } from '../../../base/clock.ts';
import { misleading } from '../packages/misleading-text.ts';
import { publicKeyOf } from '../packages/publisher-key.ts';
import type { PluginRegistry } from '../plugin-registry.ts';
import type { Kept } from './installed-record.ts';

/** One of both: what proves that a publisher made something. */
export interface PublisherProof {
  readonly publicKey?: string | undefined;
  readonly identity?: SigstoreIdentity | undefined;
}

export interface PublishersOptions {
  readonly kept: Kept<Publisher>;
  /** Those of the policy in force. */
  readonly byPolicy?: () => readonly PolicyPublisher[];
  readonly registry: () => PluginRegistry;
  readonly clock: Clock;
}

/** Whose signatures are trusted. What they signed is looked at again whenever that changes. */
export class Publishers {
  readonly #options: PublishersOptions;

  constructor(options: PublishersOptions) {
    this.#options = options;
  }

  list(): Publisher[] {
    return [...this.byName().values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Where both name one, the policy's word counts. */
  byName(): ReadonlyMap<string, Publisher> {
    const all = [...this.#options.kept.all(), ...(this.#options.byPolicy?.() ?? []).map(publisherOf)];
    return new Map(all.map((publisher) => [publisher.name, publisher]));
  }

  /** Throws `publisher_known` for another key or identity under a name that is trusted, `invalid_key`. */
  async trust(name: string, proof: PublisherProof): Promise<Publisher> {
    const { kept, clock, registry } = this.#options;
    const why = misleading(name);
    if (why !== undefined) throw new Fault('invalid_key', `Cannot trust the publisher: ${why}`);
    this.#checkPolicy(name, 'trust');
    const known = kept.get(name);
    const publisher: Publisher = { name, ...checkedProof(name, proof), trustedAt: known?.trustedAt ?? clock.now() };
    if (known !== undefined && !isDeepStrictEqual(known, publisher)) {
      throw new Fault('publisher_known', `Cannot trust "${name}": another key is trusted under that name`, {
        fix: `End that trust first, if the key was replaced: cavern plugin distrust '${name}'`,
      });
    }
    await kept.putSynced(name, publisher);
    await registry().refresh();
    return publisher;
  }

  /** Gives the plugins that are refused now. Throws `publisher_unknown`. */
  async distrust(name: string): Promise<string[]> {
    const { kept, registry } = this.#options;
    this.#checkPolicy(name, 'end the trust in');
    if (kept.get(name) === undefined) {
      throw new Fault('publisher_unknown', `Cannot end the trust in "${name}": it is not trusted`);
    }
    const signed = (await registry().list()).filter(({ signer }) => signer === name);
    kept.delete(name);
    await kept.flush();
    await registry().refresh();
    return signed.map(({ id }) => id);
  }

  #checkPolicy(name: string, action: string): void {
    if (this.byName().get(name)?.byPolicy !== true) return;
    throw new Fault('set_by_policy', `Cannot ${action} "${name}": the policy says whom to trust under that name`, {
      fix: 'Change it there, under `plugins.publishers`.',
    });
  }
}

function publisherOf({ name, public_key: publicKey, issuer, subject }: PolicyPublisher): Publisher {
  return {
    name,
    byPolicy: true,
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(issuer === undefined || subject === undefined ? {} : { identity: { issuer, subject } }),
  };
}

/** A key, or an identity. Throws `invalid_key`. */
function checkedProof(name: string, { publicKey, identity }: PublisherProof): Pick<Publisher, keyof PublisherProof> {
  if ((publicKey === undefined) === (identity === undefined)) {
    throw new Fault('invalid_key', `Cannot trust "${name}": give either a key or an identity`);
  }
  if (identity !== undefined) {
    const why = misleading(identity.subject) ?? misleading(identity.issuer);
    if (why !== undefined) throw new Fault('invalid_key', `Cannot trust "${name}": ${why}`);
    return { identity };
  }
  if (publicKey === undefined || publicKeyOf(publicKey) === undefined) {
    throw new Fault('invalid_key', `Cannot trust "${name}": the key is no Ed25519 public key`);
  }
  return { publicKey };
}
