import { SecretHanding } from '../../schema/contract/secret.ts';
import type { SessionId } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import type { Disposers } from '../base/disposers.ts';
import type { AuditLog } from '../kernel/audit/audit-log.ts';
import type { SessionFacts } from '../kernel/dispatch/ports.ts';
import type { PolicyInForce } from '../kernel/policy/policy-in-force.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import { holderOf } from '../kernel/plugins/holder.ts';
import type { Publishers } from '../kernel/plugins/installing/publishers.ts';
import type { PluginRegistry } from '../kernel/plugins/plugin-registry.ts';
import type { SecretPlugin, SecretSession } from '../kernel/secrets/ports.ts';
import { Secrets } from '../kernel/secrets/secrets.ts';
import type { KeyStore } from '../platform/key-store/key-store.ts';
import { FileSecretVault } from '../platform/key-store/secret-vault.ts';
import type { Storage } from '../platform/sqlite/storage.ts';
import type { ComposeOptions } from './compose-options.ts';

/** The plugins and whom they are trusted by. */
export interface HolderParts {
  readonly registry: Pick<PluginRegistry, 'load' | 'find'>;
  readonly publishers: Pick<Publishers, 'byName'>;
}

export interface SecretParts {
  readonly keys: KeyStore;
  readonly storage: Storage;
  readonly log: AuditLog;
  readonly policy: PolicyInForce;
  /** Asked when a session asks: they are made after what they are redacted by. */
  readonly sandboxes: () => Sandboxes;
  /** Asked when a secret goes to a plugin. */
  readonly plugins: () => HolderParts;
  /** Something is put into requests that was not. */
  readonly onRequests: () => void;
  readonly factsOf: (session: string) => SessionFacts | undefined;
  readonly disposers: Disposers;
}

/** The operator's secrets, and who is given them. */
export async function composeSecrets({ home, logger }: ComposeOptions, parts: SecretParts): Promise<Secrets> {
  const { keys, storage, log, policy, sandboxes, plugins, factsOf, onRequests, disposers } = parts;
  const kept = await storage.collection('secret-handing', SecretHanding);
  disposers.defer(() => kept.flush());
  const running = (session: SessionId): SecretSession | undefined => {
    const sandbox = sandboxes()
      .list()
      .find((each) => each.session === session && each.state === 'running');
    const facts = factsOf(session);
    const [workspace] = facts?.workspaceRoots ?? [];
    if (sandbox === undefined || facts === undefined || workspace === undefined) return undefined;
    const { profile, containerId = '' } = sandbox;
    return { workspace, profile, containerId, facts: facts.session, workspaceRoots: facts.workspaceRoots };
  };
  return new Secrets({
    vault: FileSecretVault.open(home.keys, keys),
    store: {
      all: () => kept.all(),
      put: (handing) => kept.put(handing.id, handing),
      delete: (id) => kept.delete(id),
    },
    sessions: {
      running,
      connection: (session) => sandboxes().connection(session),
      sessions: () =>
        sandboxes()
          .list()
          .map(({ session }) => session),
    },
    plugins: { load: () => plugins().registry.load(), find: (id) => secretPlugin(id, plugins()) },
    policy: {
      decide: (calls, workspaceRoots) => policy.decide(calls, { workspaceRoots, session: undefined }),
      groups: () => policy.engine.document?.document.network?.groups ?? {},
    },
    audit: log,
    onRequests,
    clock: systemClock,
    logger,
  });
}

function secretPlugin(id: string, { registry, publishers }: HolderParts): SecretPlugin | undefined {
  const found = registry.find(id);
  if (found === undefined) return undefined;
  const { summary, reach = { runtime: 'node', hosts: [] } } = found;
  const { state, digest, signer } = summary;
  const publisher = signer === undefined ? undefined : publishers.byName().get(signer);
  return { state, digest, ...reach, holder: holderOf(summary, publisher) };
}
