import type { ListedHanding, SecretForm, SecretHanding, SecretInfo } from '../../../schema/contract/secret.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import { Secret } from '../../base/secret.ts';
import type { Credential } from '../network/network-gate.ts';
import { type KnownSecret, redactorWith } from '../policy/known-secrets.ts';
import type { Redactor } from '../policy/redactor.ts';
import { credentialOf, isFor, revealed } from './credential.ts';
import { PluginHandings } from './plugin-handings.ts';
import type {
  HandingStore,
  SecretAudit,
  SecretPlugins,
  SecretPolicy,
  SecretSession,
  SecretSessions,
  SecretVault,
} from './ports.ts';
import { SECRET_USE, secretCall } from './secret-call.ts';
import { checkFit } from './secret-fit.ts';

export interface SecretsOptions {
  readonly vault: SecretVault;
  readonly store: HandingStore;
  readonly sessions: SecretSessions;
  readonly plugins: SecretPlugins;
  readonly policy: SecretPolicy;
  readonly audit: SecretAudit;
  /** Something is put into requests that was not. */
  readonly onRequests?: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface AddSecret {
  readonly name: string;
  readonly value: string;
  readonly replace?: boolean | undefined;
}

export interface HandSecret {
  readonly name: string;
  readonly as: SecretForm;
  readonly session?: SessionId | undefined;
  readonly workspace?: string | undefined;
  readonly plugin?: string | undefined;
}

/** The operator's secrets: kept sealed, never shown, and given to sandboxes only where the operator handed them in. */
export class Secrets {
  readonly plugins: PluginHandings;
  readonly #options: SecretsOptions;
  /** One change of what a session is given at a time. */
  readonly #turns = new Map<SessionId, Promise<void>>();
  #redactors: { readonly inner: Redactor; readonly with: Redactor } | undefined;

  constructor(options: SecretsOptions) {
    this.#options = options;
    this.plugins = new PluginHandings(options);
  }

  async list(): Promise<{ secrets: SecretInfo[]; handings: ListedHanding[] }> {
    const { vault, store, plugins } = this.#options;
    const handings = store.all().sort((a, b) => a.at - b.at);
    if (handings.some(({ plugin }) => plugin !== undefined)) await plugins.load();
    const listed = handings.map((handing) => {
      const withheld = this.plugins.withheld(handing);
      return withheld === undefined ? handing : { ...handing, withheld };
    });
    return { secrets: [...vault.list()], handings: listed };
  }

  /** @throws Fault `secret_exists`, `keystore_unavailable` */
  async add({ name, value, replace = false }: AddSecret): Promise<SecretInfo> {
    const { vault, clock } = this.#options;
    if (!replace && vault.list().some((each) => each.name === name)) {
      throw new Fault('secret_exists', `Cannot add the secret "${name}": there is one of that name`, {
        fix: 'Replace it: cavern secret add --replace NAME',
      });
    }
    const info = { name, addedAt: clock.now() };
    vault.put(info, new Secret(value));
    this.#redactors = undefined;
    await this.#renew((handing) => handing.name === name);
    return info;
  }

  /** Also takes it back wherever it was handed in. */
  async remove(name: string): Promise<boolean> {
    const { vault, store } = this.#options;
    const isKnown = vault.list().some((each) => each.name === name);
    const handed = store.all().filter((handing) => handing.name === name);
    for (const { id } of handed) store.delete(id);
    await this.#renew((handing) => handing.name === name, handed);
    vault.delete(name);
    this.#redactors = undefined;
    return isKnown;
  }

  /**
   * To one session, or to every session of a workspace, now and at each start; to a plugin, in those or wherever it is called.
   * @throws Fault `secret_unknown`, `secret_unfit`, `plugin_unknown`
   */
  async hand({ name, as, session, workspace, plugin }: HandSecret): Promise<SecretHanding> {
    const { store, clock } = this.#options;
    const targets = [session, workspace].filter((each) => each !== undefined);
    if (targets.length > 1 || (targets.length === 0 && plugin === undefined))
      throw new Fault('invalid_input', 'Cannot hand in a secret: name a session, a workspace or a plugin', {
        why: 'A plugin can be named together with a session or a workspace; those two exclude each other.',
      });
    checkFit(name, as, this.#value(name));
    const to = {
      ...(session === undefined ? {} : { session }),
      ...(workspace === undefined ? {} : { workspace }),
      ...(plugin === undefined ? {} : { plugin, holder: await this.plugins.holderFor({ name, plugin, as }) }),
    };
    const handing: SecretHanding = { id: newId(), name, as, at: clock.now(), ...to };
    for (const former of store.all()) if (isSamePlace(former, handing)) store.delete(former.id);
    store.put(handing);
    await this.#renew((each) => each.id === handing.id);
    if (as.kind === 'header') this.#options.onRequests?.();
    return handing;
  }

  async withdraw(id: string): Promise<boolean> {
    const { store } = this.#options;
    const found = store.all().filter((handing) => handing.id === id);
    if (found.length === 0) return false;
    store.delete(id);
    await this.#renew(() => true, found);
    return true;
  }

  /** Gives a session whose sandbox has just started what is handed to it. What the policy refuses is not given, and recorded. */
  prepare(session: SessionId): Promise<void> {
    const before = this.#turns.get(session) ?? Promise.resolve();
    const turn = before
      .then(() => this.#give(session))
      .catch((cause: unknown) => {
        this.#options.logger.warn('cannot hand secrets to a session', { session, cause });
      });
    this.#turns.set(session, turn);
    return turn.finally(() => {
      if (this.#turns.get(session) === turn) this.#turns.delete(session);
    });
  }

  /** What was handed to a session that is gone. */
  forget(session: SessionId): void {
    const { store } = this.#options;
    for (const { id, session: to } of store.all()) if (to === session) store.delete(id);
  }

  /** A secret that the kernel itself uses; undefined where there is none. @throws Fault `keystore_unavailable` */
  forKernel(name: string): Secret | undefined {
    return this.#options.vault.reveal(name);
  }

  /** What the proxy puts into a plain request of this session to this host and port. */
  credential(session: SessionId, host: string, port: number): Credential | undefined {
    for (const { name, as } of this.#handedTo(session)) {
      if (as.kind !== 'header' || !isFor(as, host, port)) continue;
      const value = revealed(name, this.#options);
      if (value !== undefined) return credentialOf(name, as, value);
    }
    return undefined;
  }

  /** Redacts what `inner` does, and every secret that is kept here. */
  redactor(inner: Redactor): Redactor {
    if (this.#redactors?.inner !== inner) this.#redactors = { inner, with: redactorWith(this.#known(), inner) };
    return this.#redactors.with;
  }

  #known(): KnownSecret[] {
    const { vault, logger } = this.#options;
    return vault.list().flatMap(({ name }) => {
      try {
        const value = vault.reveal(name);
        return value === undefined ? [] : [{ name, value: value.reveal() }];
      } catch (cause) {
        logger.error('a secret cannot be read; it cannot be redacted either', { secret: name, cause });
        return [];
      }
    });
  }

  #value(name: string): Secret {
    const value = this.#options.vault.reveal(name);
    if (value !== undefined) return value;
    throw new Fault('secret_unknown', `Cannot hand in the secret "${name}": there is none of that name`, {
      fix: 'Add it: cavern secret add NAME',
    });
  }

  #handedTo(session: SessionId): SecretHanding[] {
    const { store, sessions } = this.#options;
    const workspace = sessions.running(session)?.workspace;
    if (workspace === undefined) return [];
    // What was handed to the session itself goes before what all of its workspace get.
    return store
      .all()
      .filter(({ plugin }) => plugin === undefined)
      .filter((handing) => handing.session === session || handing.workspace === workspace)
      .sort((a, b) => Number(b.session !== undefined) - Number(a.session !== undefined) || b.at - a.at);
  }

  /** Tells the running sessions that these handings concern. */
  async #renew(concerns: (handing: SecretHanding) => boolean, gone: readonly SecretHanding[] = []): Promise<void> {
    const { sessions, store } = this.#options;
    // A plugin's are looked up by the proxy, with each request.
    const changed = [...store.all().filter(concerns), ...gone].filter(({ plugin }) => plugin === undefined);
    const isConcerned = (session: SessionId): boolean => {
      const workspace = sessions.running(session)?.workspace;
      return changed.some((each) => each.session === session || (workspace && each.workspace === workspace));
    };
    await Promise.all(
      sessions
        .sessions()
        .filter(isConcerned)
        .map((session) => this.prepare(session)),
    );
  }

  async #give(session: SessionId): Promise<void> {
    const { sessions, vault } = this.#options;
    const known = sessions.running(session);
    if (known === undefined) return;
    const env: Record<string, string> = {};
    const files: Record<string, string> = {};
    for (const { name, as } of this.#handedTo(session).reverse()) {
      const value = as.kind === 'header' ? undefined : vault.reveal(name);
      if (value === undefined || !(await this.#isAllowed(session, known, { name, as }))) continue;
      if (as.kind === 'variable') env[as.variable] = value.reveal();
      if (as.kind === 'file') files[as.file] = Buffer.from(value.reveal(), 'utf8').toString('base64');
    }
    await sessions.connection(session).request('secret.set', { env, files });
  }

  async #isAllowed(
    session: SessionId,
    known: SecretSession,
    { name, as }: Pick<SecretHanding, 'name' | 'as'>,
  ): Promise<boolean> {
    const { policy, audit, clock } = this.#options;
    const calls = [secretCall(known, name, clock.now())];
    const { decision, rule, reasons } = await policy.decide(calls, known.workspaceRoots);
    audit.record({
      type: decision === 'allow' ? 'capability_issued' : 'call_decided',
      actor: 'kernel',
      session,
      decision: decision === 'allow' ? 'allow' : 'deny',
      ...(rule === null ? {} : { rule }),
      ...(decision === 'allow' ? {} : { reason: reasons.join('; ') }),
      data: { call: SECRET_USE, secret: name, as: as.kind, ...placeOf(as) },
    });
    return decision === 'allow';
  }
}

function placeOf(as: SecretForm): Record<string, string> {
  if (as.kind === 'variable') return { variable: as.variable };
  return as.kind === 'file' ? { file: as.file } : { origin: as.origin };
}

/** The later one takes the place of the former. */
function isSamePlace(a: SecretHanding, b: SecretHanding): boolean {
  const place = ({ as, session, workspace, plugin }: SecretHanding): string => {
    const to = [session ?? '', workspace ?? '', plugin ?? ''];
    return JSON.stringify([...to, as.kind, placeOf(as), as.kind === 'header' ? as.header : '']);
  };
  return place(a) === place(b);
}
