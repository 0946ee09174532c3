import type { SandboxId } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import type { Disposers } from '../base/disposers.ts';
import type { AuditLog } from '../kernel/audit/audit-log.ts';
import type { SessionFacts } from '../kernel/dispatch/ports.ts';
import { type NetworkUser, PolicyGate } from '../kernel/network/policy-gate.ts';
import type { PolicyInForce } from '../kernel/policy/policy-in-force.ts';
import type { Secrets } from '../kernel/secrets/secrets.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import { createSandboxNetwork, type ProxyNetwork } from '../platform/network-proxy/sandbox-proxy.ts';
import type { ComposeOptions } from './compose-options.ts';
import { sandboxUser } from './sandbox-user.ts';

export interface NetworkParts {
  readonly policy: PolicyInForce;
  readonly log: AuditLog;
  /** Asked when a sandbox asks: they are made after its network. */
  readonly sandboxes: () => Sandboxes;
  readonly factsOf: (session: string) => SessionFacts | undefined;
  readonly secrets: Secrets;
  readonly disposers: Disposers;
  readonly lookup: ComposeOptions['lookup'] | undefined;
}

/** The proxies of sandboxes with a network, judged by the policy in force. */
export function composeNetwork({
  policy,
  log,
  sandboxes,
  factsOf,
  secrets,
  disposers,
  lookup,
}: NetworkParts): ProxyNetwork {
  const userOf = (id: SandboxId): NetworkUser | undefined => {
    const own = sandboxes().plugins.find({ id });
    const sandbox =
      own?.sandbox ??
      sandboxes()
        .list()
        .find((each) => each.id === id);
    const facts = sandbox === undefined ? undefined : factsOf(sandbox.session);
    if (sandbox === undefined || facts === undefined) return undefined;
    const { session, profile, containerId = '' } = sandbox;
    return {
      session,
      profile,
      containerId,
      ...facts.session,
      workspaceRoots: facts.workspaceRoots,
      groups: own?.groups ?? sandboxes().use.groupsOf(session),
      ...(own === undefined ? {} : { plugin: own.plugin, digest: own.digest }),
    };
  };
  const gate = disposers.add(
    new PolicyGate({
      groups: () => policy.engine.document?.document.network?.groups,
      decide: (calls, workspaceRoots) => policy.decide(calls, { workspaceRoots, session: undefined }),
      userOf,
      record: (entry) => log.record(entry),
      credentialOf: (session, host, port) => secrets.credential(session, host, port),
      pluginCredentialOf: (user, host, port) => secrets.plugins.credential(user, host, port),
      clock: systemClock,
    }),
  );
  return createSandboxNetwork({ gate, expectedUid: sandboxUser().uid, ...(lookup ? { lookup } : {}) });
}
