import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import type { PluginUser } from '../secrets/plugin-handings.ts';
import { secretCall } from '../secrets/secret-call.ts';
import { hostRules, onlyGroups } from './host-rules.ts';
import type {
  ConnectAttempt,
  ConnectOutcome,
  ConnectPermit,
  ConnectRefusal,
  Credential,
  NetworkGate,
} from './network-gate.ts';
import { RefusalRecords } from './refusal-records.ts';

/** What the kernel knows of a sandbox that asks. */
export interface NetworkUser {
  readonly session: SessionId;
  readonly containerId: string;
  readonly profile: string;
  readonly mode: string;
  readonly state: string;
  readonly workspaceRoots: readonly string[];
  /** Only these of the policy's groups, where the sandbox was given fewer. */
  readonly groups?: readonly string[] | undefined;
  /** Of a sandbox that a plugin has to itself. */
  readonly plugin?: string;
  /** Of the package that lies in that sandbox. */
  readonly digest?: string;
}

export interface PolicyGateOptions {
  /** The groups of the document in force; undefined where there is none. */
  readonly groups: () => Readonly<Record<string, readonly string[]>> | undefined;
  readonly decide: (calls: readonly PolicyCall[], workspaceRoots: readonly string[]) => Decision | Promise<Decision>;
  readonly userOf: (sandbox: SandboxId) => NetworkUser | undefined;
  readonly record: (entry: AuditEntry) => void;
  /** What the operator handed in for the plain requests of a session to this host and port. */
  readonly credentialOf?: (session: SessionId, host: string, port: number) => Credential | undefined;
  /** What the operator handed in for those of a plugin. */
  readonly pluginCredentialOf?: (user: PluginUser, host: string, port: number) => Credential | undefined;
  readonly clock: Clock;
}

type Entry = Omit<AuditEntry, 'type' | 'actor'>;

/**
 * Lets a sandbox reach a host that a group of the policy lists, where a rule allows `network.connect` for it. The proxy
 * cannot ask a person while a connection waits: a request for review is a refusal.
 */
export class PolicyGate implements NetworkGate, Disposable {
  readonly #options: PolicyGateOptions;
  readonly #refusals: RefusalRecords<Entry>;
  #disposed = false;

  constructor(options: PolicyGateOptions) {
    this.#options = options;
    this.#refusals = new RefusalRecords(options.clock, ({ refusal, times }) =>
      this.#record({ ...refusal, decision: 'deny', data: { ...refusal.data, times } }),
    );
  }

  credential(sandbox: SandboxId, host: string, port: number): Credential | undefined {
    const user = this.#options.userOf(sandbox);
    if (user === undefined) return undefined;
    const { session, plugin, digest = '' } = user;
    // What the operator handed to a session is not for what others wrote.
    if (plugin !== undefined) return this.#options.pluginCredentialOf?.({ session, plugin, digest }, host, port);
    return this.#options.credentialOf?.(session, host, port);
  }

  async judge(attempt: ConnectAttempt): Promise<ConnectPermit | ConnectRefusal> {
    const { sandbox, host, port } = attempt;
    const user = this.#options.userOf(sandbox);
    const refuse = (reason: string, rule?: string | null): ConnectRefusal => {
      const named = rule === undefined || rule === null ? {} : { rule };
      const session = user === undefined ? {} : { session: user.session };
      const entry: Entry = { sandbox, ...session, ...named, reason, data: { ...targetOf(attempt), ...ofPlugin(user) } };
      this.#refusals.add(`${sandbox} ${host}:${port} ${reason}`, entry);
      return { allowed: false, reason };
    };
    if (user === undefined) return refuse('the sandbox belongs to no session');
    const rules = hostRules(onlyGroups(this.#options.groups() ?? {}, user.groups));
    const group = rules.groupOf(host, port);
    if (group === undefined) return refuse(`no group of the policy lists ${host}:${port}`);
    const { decision, rule, reasons, flagged } = await this.#options.decide(
      callsOf(user, attempt.secret, this.#options.clock.now()),
      user.workspaceRoots,
    );
    if (decision !== 'allow') {
      const why = reasons.length > 0 ? reasons.join('; ') : 'the policy';
      return refuse(decision === 'deny' ? why : `a person would have to be asked: ${why}`, rule);
    }
    const { session } = user;
    const named = rule === null ? {} : { rule };
    const base: Entry = { act: newId(), sandbox, session, ...named };
    const data = { ...targetOf(attempt), ...ofPlugin(user), group, ...(flagged ? { flagged } : {}) };
    return this.#permit({ ...base, data }, (address) => rules.groupOf(address, port) !== undefined);
  }

  refuse(sandbox: SandboxId, reason: string): void {
    const session = this.#options.userOf(sandbox)?.session;
    this.#refusals.add(`${sandbox} ${reason}`, { sandbox, ...(session === undefined ? {} : { session }), reason });
  }

  /** Records what repetitions are not recorded yet, and nothing after it: the chain may be closed then. */
  [Symbol.dispose](): void {
    this.#refusals[Symbol.dispose]();
    this.#disposed = true;
  }

  #permit(base: Entry, isNamed: (address: string) => boolean): ConnectPermit {
    let openedAt = 0;
    return {
      allowed: true,
      isNamed,
      opened: (address) => {
        openedAt = this.#options.clock.now();
        this.#record({ ...base, decision: 'allow', data: { ...base.data, address } });
      },
      ended: ({ reason, ...counts }: ConnectOutcome) => {
        const durationMs = Math.max(0, this.#options.clock.now() - openedAt);
        const why = reason === undefined ? {} : { reason };
        this.#record({ ...base, ...why, durationMs, data: { ...base.data, ...counts } });
      },
      refused: (reason) => this.#refusals.add(JSON.stringify([base.sandbox, base.data, reason]), { ...base, reason }),
    };
  }

  #record(entry: Entry): void {
    if (this.#disposed) return;
    this.#options.record({ type: 'network_request', actor: 'kernel', ...entry });
  }
}

function targetOf({ method, host, port, secret }: ConnectAttempt): Record<string, unknown> {
  return { method, host, port, ...(secret === undefined ? {} : { secret }) };
}

function ofPlugin(user: NetworkUser | undefined): Record<string, unknown> {
  return user?.plugin === undefined ? {} : { plugin: user.plugin };
}

/** The connection, and the secret that would go into it. */
function callsOf(user: NetworkUser, secret: string | undefined, at: number): PolicyCall[] {
  const { containerId, profile, mode, state, plugin } = user;
  const caller = { container_id: containerId, peer_pid: 0, tags: ['sandbox'] };
  const session = { mode, state };
  const connect: PolicyCall = { syscall: 'network.connect', template: profile, caller, session, at };
  if (secret === undefined) return [connect];
  return [connect, secretCall({ profile, containerId, facts: session, plugin }, secret, at)];
}
