import type { Publisher } from '../../../../schema/contract/plugin.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { Clock } from '../../../base/clock.ts';
import { misleading } from '../packages/misleading-text.ts';
import { publicKeyOf } from '../packages/publisher-key.ts';
import type { PluginRegistry } from '../plugin-registry.ts';
import type { Kept } from './installed-record.ts';

export interface PublishersOptions {
  readonly kept: Kept<Publisher>;
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
    return this.#options.kept.all().toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Public keys by name. */
  keys(): ReadonlyMap<string, string> {
    return new Map(this.#options.kept.all().map(({ name, publicKey }) => [name, publicKey]));
  }

  /** Throws `publisher_known` for another key of a name that is trusted, `invalid_key`. */
  async trust(name: string, publicKey: string): Promise<Publisher> {
    const { kept, clock, registry } = this.#options;
    const why = misleading(name);
    if (why !== undefined) throw new Fault('invalid_key', `Cannot trust the publisher: ${why}`);
    if (publicKeyOf(publicKey) === undefined) {
      throw new Fault('invalid_key', `Cannot trust "${name}": the key is no Ed25519 public key`);
    }
    const known = kept.get(name);
    if (known !== undefined && known.publicKey !== publicKey) {
      throw new Fault('publisher_known', `Cannot trust "${name}": another key is trusted under that name`, {
        fix: `End that trust first, if the key was replaced: cavern plugin distrust '${name}'`,
      });
    }
    const publisher = known ?? { name, publicKey, trustedAt: clock.now() };
    await kept.putSynced(name, publisher);
    await registry().refresh();
    return publisher;
  }

  /** Gives the plugins that are refused now. Throws `publisher_unknown`. */
  async distrust(name: string): Promise<string[]> {
    const { kept, registry } = this.#options;
    if (kept.get(name) === undefined) {
      throw new Fault('publisher_unknown', `Cannot end the trust in "${name}": it is not trusted`);
    }
    const signed = (await registry().list()).filter(({ signer }) => signer === name);
    kept.delete(name);
    await kept.flush();
    await registry().refresh();
    return signed.map(({ id }) => id);
  }
}
