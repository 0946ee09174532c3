import type { PluginSummary, Publisher } from '../../../schema/contract/plugin.ts';
import type { PluginHolder } from '../../../schema/contract/secret.ts';

interface Known extends Pick<PluginSummary, 'state' | 'origin' | 'digest' | 'development'> {
  readonly signer?: string | undefined;
}

/**
 * Who a plugin is, as far as that is proven: a name alone proves nothing, since the trust in it may have ended and begun with another key,
 * and a package that nobody signed is nothing but itself. Undefined of what came with the program, of what is refused, and where the
 * publisher is not trusted any more.
 */
export function holderOf(plugin: Known, publisher: Publisher | undefined): PluginHolder | undefined {
  const { state, origin, digest, signer, development } = plugin;
  if (origin === 'core' || state === 'refused') return undefined;
  if (development !== undefined) return { kind: 'development', folder: development };
  if (signer === undefined) return { kind: 'unsigned', digest };
  const proof = publisher && (publisher.publicKey ?? sigstoreProof(publisher));
  return proof === undefined ? undefined : { kind: 'signed', publisher: signer, proof };
}

function sigstoreProof({ identity }: Publisher): string | undefined {
  return identity && `${identity.subject} (${identity.issuer})`;
}
