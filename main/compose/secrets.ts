import { SecretHanding } from '../../schema/contract/secret.ts';
import type { SessionId } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import type { Disposers } from '../base/disposers.ts';
import type { AuditLog } from '../kernel/audit/audit-log.ts';
import type { SessionFacts } from '../kernel/dispatch/ports.ts';
import type { PolicyInForce } from '../kernel/policy/policy-in-force.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import type { SecretSession } from '../kernel/secrets/ports.ts';
import { Secrets } from '../kernel/secrets/secrets.ts';
import type { KeyStore } from '../platform/key-store/key-store.ts';
import { FileSecretVault } from '../platform/key-store/secret-vault.ts';
import type { Storage } from '../platform/sqlite/storage.ts';
import type { ComposeOptions } from './compose-options.ts';

export interface SecretParts {
  readonly keys: KeyStore;
  readonly storage: Storage;
  readonly log: AuditLog;
  readonly policy: PolicyInForce;
  /** Asked when a session asks: they are made after what they are redacted by. */
  readonly sandboxes: () => Sandboxes;
  readonly factsOf: (session: string) => SessionFacts | undefined;
  readonly disposers: Disposers;
}

/** The operator's secrets, and who is given them. */
export async function composeSecrets({ home, logger }: ComposeOptions, parts: SecretParts): Promise<Secrets> {
  const { keys, storage, log, policy, sandboxes, factsOf, disposers } = parts;
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
    policy: { decide: (calls, workspaceRoots) => policy.decide(calls, { workspaceRoots, session: undefined }) },
    audit: log,
    clock: systemClock,
    logger,
  });
}
