import { isDeepStrictEqual } from 'node:util';
import type { PluginHolder, SecretForm, SecretHanding, Withheld } from '../../../schema/contract/secret.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Logger } from '../../base/logger.ts';
import { hostRules, onlyGroups } from '../network/host-rules.ts';
import type { Credential } from '../network/network-gate.ts';
import { credentialOf, type HeaderForm, isFor, portOf, revealed } from './credential.ts';
import type {
  HandingStore,
  SecretAudit,
  SecretPlugin,
  SecretPlugins,
  SecretPolicy,
  SecretSessions,
  SecretVault,
} from './ports.ts';

export interface PluginHandingsOptions {
  readonly vault: SecretVault;
  readonly store: HandingStore;
  readonly sessions: Pick<SecretSessions, 'running'>;
  readonly plugins: SecretPlugins;
  readonly policy: Pick<SecretPolicy, 'groups'>;
  readonly audit: SecretAudit;
  readonly logger: Logger;
}

/** A plugin in a sandbox of its own. */
export interface PluginUser {
  readonly session: SessionId;
  readonly plugin: string;
  /** Of the package that lies in that sandbox. */
  readonly digest: string;
}

/** A secret on its way to a plugin. */
export interface PluginOrder {
  readonly name: string;
  readonly plugin: string;
  readonly as: SecretForm;
}

/**
 * The secrets that plugins of others are given: never inside of their sandboxes, only put into their requests by the proxy, and only for
 * as long as the plugin is by whoever it was by when the operator handed the secret in.
 */
export class PluginHandings {
  readonly #options: PluginHandingsOptions;

  constructor(options: PluginHandingsOptions) {
    this.#options = options;
  }

  /** Who it would be given to. @throws Fault `plugin_unknown`, `secret_unfit` */
  async holderFor({ name, plugin, as }: PluginOrder): Promise<PluginHolder> {
    const { plugins } = this.#options;
    await plugins.load();
    const known = plugins.find(plugin);
    if (known === undefined) {
      throw new Fault('plugin_unknown', `Cannot hand in the secret "${name}": no plugin "${plugin}" is installed`, {
        fix: 'List them: cavern plugin list',
      });
    }
    const { holder } = known;
    if (known.state === 'refused') {
      throw unfit(`Cannot hand in the secret "${name}": plugin "${plugin}" is refused`, {
        why: 'Nothing proves whose it is.',
        fix: 'Look why: cavern plugin list',
      });
    }
    if (holder === undefined) {
      throw unfit(`Cannot hand in the secret "${name}": plugin "${plugin}" came with Cavern`, {
        why: 'It works in the sandbox of the session, and has no requests of its own.',
        fix: 'Hand it to the session or its folder: --session or --workspace, without --plugin',
      });
    }
    if (as.kind !== 'header') {
      throw unfit(`Cannot hand in the secret "${name}": plugin "${plugin}" is not given any as a ${as.kind}`, {
        why: 'Whatever is inside of its sandbox, a plugin of others can send to every host that it may reach.',
        fix: 'Hand it in for its requests to one server, where it never gets inside: --origin https://HOST',
      });
    }
    const why = this.#beyond(known, as);
    if (why === undefined) return holder;
    throw unfit(`Cannot hand in the secret "${name}": plugin "${plugin}" could not ask ${as.origin}`, {
      why,
      fix: 'The host has to be in a group under network.groups of the policy that network.connect in its plugin.json lists.',
    });
  }

  /** What the proxy puts into a plain request of this plugin's sandbox to this host and port. */
  credential({ session, plugin, digest }: PluginUser, host: string, port: number): Credential | undefined {
    // An earlier version may still be at its end.
    if (this.#options.plugins.find(plugin)?.digest !== digest) return undefined;
    for (const handing of this.#handedTo(plugin, session)) {
      const { name, as } = handing;
      if (as.kind !== 'header' || !isFor(as, host, port) || this.withheld(handing) !== undefined) continue;
      const value = revealed(name, this.#options);
      if (value !== undefined) return credentialOf(name, as, value);
    }
    return undefined;
  }

  /** Why a plugin is not given what was handed to it; undefined where it is, and of what was not handed to a plugin. */
  withheld({ plugin, holder }: SecretHanding): Withheld | undefined {
    if (plugin === undefined) return undefined;
    const known = this.#options.plugins.find(plugin);
    if (known === undefined) return 'absent';
    if (known.state === 'refused' || known.state === 'disabled') return known.state;
    if (isSame(holder, known.holder)) return undefined;
    return known.holder?.kind === 'development' ? 'development' : 'another';
  }

  /** Takes back what was handed to plugins that are gone, or by somebody else now. Whenever other plugins are registered. */
  takeBack(): void {
    const { store, audit } = this.#options;
    for (const { id, name, plugin, session, holder, as } of store.all()) {
      const reason = plugin === undefined ? undefined : this.#endOf(plugin, holder);
      if (plugin === undefined || reason === undefined) continue;
      store.delete(id);
      audit.record({
        type: 'capability_ended',
        actor: 'kernel',
        ...(session === undefined ? {} : { session }),
        reason,
        data: { call: 'secret.hand', secret: name, plugin, ...(as.kind === 'header' ? { origin: as.origin } : {}) },
      });
    }
  }

  /** The names of what would be taken back if the plugin were by somebody else, or gone. */
  lostBy(plugin: string, next: PluginHolder | undefined): string[] {
    const lost = this.#options.store
      .all()
      .filter(({ plugin: to, holder }) => to === plugin && holder?.kind !== 'development' && !isSame(holder, next));
    return [...new Set(lost.map(({ name }) => name))];
  }

  #endOf(plugin: string, holder: PluginHolder | undefined): string | undefined {
    const known = this.#options.plugins.find(plugin);
    if (known === undefined) return 'the plugin was removed';
    // What is refused, or whose publisher is not trusted at the moment, may come back as it was.
    if (known.holder === undefined || isSame(holder, known.holder)) return undefined;
    // What is under development only stands before what is installed.
    if (known.holder.kind === 'development' && holder?.kind !== 'development') return undefined;
    return `the plugin is not ${shownHolder(holder)} any more, but ${shownHolder(known.holder)}`;
  }

  /** What was handed in for one session goes before what was for its folder, and that before what was for all. */
  #handedTo(plugin: string, session: SessionId): SecretHanding[] {
    const { store, sessions } = this.#options;
    const workspace = sessions.running(session)?.workspace;
    if (workspace === undefined) return [];
    const rank = (handing: SecretHanding): number => (handing.session ? 2 : handing.workspace ? 1 : 0);
    return store
      .all()
      .filter((handing) => handing.plugin === plugin)
      .filter((handing) => handing.session === undefined || handing.session === session)
      .filter((handing) => handing.workspace === undefined || handing.workspace === workspace)
      .sort((a, b) => rank(b) - rank(a) || b.at - a.at);
  }

  /** Why a plugin cannot ask an origin for anything. */
  #beyond({ runtime, hosts }: SecretPlugin, as: HeaderForm): string | undefined {
    if (runtime === 'wasm') return 'A WebAssembly module has no network.';
    if (hosts.length === 0) return 'Its manifest lists no hosts.';
    const rules = hostRules(onlyGroups(this.#options.policy.groups(), hosts));
    const [host, port] = [new URL(as.origin).hostname, portOf(as)];
    if (rules.groupOf(host, port) !== undefined) return undefined;
    return `Its manifest lists ${hosts.join(', ')}, and the policy has ${host}:${port} in none of them.`;
  }
}

function unfit(message: string, { why, fix }: { readonly why: string; readonly fix: string }): Fault {
  return new Fault('secret_unfit', message, { why, fix });
}

function isSame(handed: PluginHolder | undefined, now: PluginHolder | undefined): boolean {
  return handed !== undefined && isDeepStrictEqual(handed, now);
}

function shownHolder(holder: PluginHolder | undefined): string {
  switch (holder?.kind) {
    case undefined:
      return 'of anybody';
    case 'signed':
      return `signed by "${holder.publisher}" (${holder.proof})`;
    case 'unsigned':
      return `the unsigned package ${holder.digest.slice(0, 12)}`;
    case 'development':
      return `the one under development in ${holder.folder}`;
  }
}
