import type { AuditEntry } from '../../../../schema/audit-record.ts';
import { systemClock } from '../../../base/clock.ts';
import { PolicyGate } from '../../../kernel/network/policy-gate.ts';
import type { SandboxNetwork } from '../../../kernel/sandboxes/sandbox-network.ts';
import type { Sandboxes } from '../../../kernel/sandboxes/sandboxes.ts';
import type { Lookup } from '../../network-proxy/pinned-connection.ts';
import type { ProxyLimits } from '../../network-proxy/proxy-parts.ts';
import { createSandboxNetwork } from '../../network-proxy/sandbox-proxy.ts';

export interface MachineNetwork {
  /** Every group of the policy; a rule allows all of them. */
  readonly hosts?: readonly string[];
  /** In place of the machine's own name service. */
  readonly lookup?: Lookup;
  readonly record?: (entry: AuditEntry) => void;
  readonly limits?: ProxyLimits;
}

/** The proxies of sandboxes as the program makes them, with a policy that allows what is listed. */
export function machineNetwork(options: MachineNetwork, uid: number, sandboxes: () => Sandboxes): SandboxNetwork {
  const { hosts = [], lookup, record = () => undefined, limits } = options;
  const gate = new PolicyGate({
    groups: () => ({ test: hosts }),
    decide: () => ({ decision: 'allow', via: 'rules', rule: 'test', reasons: [], flagged: false, warnings: [] }),
    userOf: (id) => {
      const found = sandboxes()
        .list()
        .find((each) => each.id === id);
      const { session, profile, containerId = '' } = found ?? {};
      if (session === undefined || profile === undefined) return undefined;
      return { session, profile, containerId, mode: 'explore', state: 'idle', workspaceRoots: [] };
    },
    record,
    clock: systemClock,
  });
  return createSandboxNetwork({ gate, expectedUid: uid, ...(lookup ? { lookup } : {}), ...(limits ? { limits } : {}) });
}
