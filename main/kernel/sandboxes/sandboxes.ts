import type { Sandbox, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { newId } from '../../base/id.ts';
import type { AgentConnection } from './agent-port.ts';
import type { ContainerEvent, ContainerRuntime } from './container-runtime.ts';
import { type Narrowing, narrowedProfile } from './cave.ts';
import { LABELS } from './container-spec.ts';
import { type SandboxDoctor, sandboxDoctor } from './doctor.ts';
import { EngineWatch } from './engine-watch.ts';
import { Housekeeping } from './housekeeping.ts';
import { InFlight } from './in-flight.ts';
import { type LaunchOrder, type LaunchPad, type Launched, launch } from './launch.ts';
import { type Leftover, removeSessionLayer } from './leftovers.ts';
import { type ConnectionListener, LiveSandboxes } from './live-sandboxes.ts';
import { PluginSandboxes } from './plugins/plugin-sandboxes.ts';
import { SandboxPool } from './pool.ts';
import { SandboxProfiles } from './sandbox-profiles.ts';
import { SecretWatch } from './secret-watch.ts';
import type { Profile } from './profiles.ts';
import { SandboxRecords, isAlive } from './sandbox-records.ts';
import type { SandboxStore } from './sandbox-store.ts';
import type { SessionLayer } from './session-layer.ts';
import { SessionStarts, type StartSandbox } from './session-starts.ts';
import { Standstill } from './standstill.ts';
import { takeOver } from './take-over.ts';

export interface SandboxesOptions extends LaunchPad {
  readonly store: SandboxStore;
  readonly profiles: ReadonlyMap<string, Profile>;
  /** What the sandboxes that are started ahead may use together; 0 starts none ahead. */
  readonly poolLimitBytes: () => number;
  /** How long a plugin's own sandbox may be without a call; 0: as long as its session. */
  readonly pluginIdleMs: () => number;
}

/** A plugin that does not answer hinders nobody from pausing its session. */
const SETTLE_LIMIT_MS = 1_000;
/** Nor from stopping it. */
const END_LIMIT_MS = 500;

/** The sandboxes of all sessions: at most one a session, and a record of the last one. */
export class Sandboxes implements AsyncDisposable {
  /** Has sandboxes stand still and go on. */
  readonly standstill: Standstill;
  /** Those that plugins have to themselves, beside the sessions' own. */
  readonly plugins: PluginSandboxes;
  /** What each session may use. */
  readonly use: SandboxProfiles;
  readonly #options: SandboxesOptions;
  readonly #records: SandboxRecords;
  readonly #live: LiveSandboxes;
  readonly #watch: EngineWatch;
  readonly #inFlight = new InFlight();
  readonly #housekeeping: Housekeeping;
  readonly #pool: SandboxPool;
  readonly #secrets: SecretWatch;
  readonly #starts: SessionStarts;

  constructor(options: SandboxesOptions) {
    this.#options = options;
    this.#records = new SandboxRecords(options.store);
    this.use = new SandboxProfiles(options.profiles, this.#records);
    const { plugins, live } = this.#beside(options);
    [this.plugins, this.#live] = [plugins, live];
    this.#secrets = new SecretWatch({ ...options, records: this.#records, live: this.#live, work: this.#inFlight });
    this.standstill = new Standstill({
      live: this.#live,
      beside: this.plugins,
      records: this.#records,
      nowMs: () => options.clock.now(),
    });
    const helper = (): Profile => this.#helper();
    this.#pool = new SandboxPool({ ...options, helper, work: this.#inFlight });
    this.#starts = new SessionStarts({
      ...options,
      records: this.#records,
      live: this.#live,
      pool: this.#pool,
      use: this.use,
      launch: (order) => this.#launch(order),
      adopt: (sandbox, launched) => this.#adopt(sandbox, launched),
    });
    this.#housekeeping = new Housekeeping({
      ...options,
      helper,
      work: this.#inFlight,
      isSandboxKnown: (id) =>
        options.inUse.has(id) || this.#pool.hasSandbox(id) || this.#records.hasLive(id) || this.plugins.has(id),
      isSessionKnown: (session) => this.#isPassing(session) || this.#records.get(session) !== undefined,
      isSessionAlive: (session) => this.#isPassing(session) || this.#records.isAlive(session),
    });
    this.#watch = new EngineWatch({
      access: options.engine,
      labels: { [LABELS.home]: options.ownership.home },
      clock: options.clock,
      logger: options.logger,
      onEvent: (event) => this.#onEvent(event),
      onGone: (fault) => this.#onEngineGone(fault),
      onBack: (engine) => this.#onEngineBack(engine),
    });
  }

  /** The folder's real, absolute path; rejects with `workspace_invalid` and the reason. */
  checkWorkspace(path: string): Promise<string> {
    return this.#options.layers.checkWorkspace(path);
  }

  /** Those that are there, and those that failed. */
  list(): Sandbox[] {
    return this.#records.list();
  }

  /** Called whenever a sandbox changes. Gives how to stop listening. */
  onChange(listener: (sandbox: Sandbox) => void): () => void {
    return this.#records.onChange(listener);
  }

  /** Called for every connection of an agent. Gives how to stop listening. */
  onConnection(listener: ConnectionListener): () => void {
    return this.#live.onConnection(listener);
  }

  /** The list, now and after every change. */
  watch(signal: AbortSignal): AsyncIterable<Sandbox[]> {
    return this.#records.watch(signal);
  }

  /** @throws Fault `session_not_running` */
  connection(session: SessionId): AgentConnection {
    return this.#live.get(session).connection;
  }

  /** Of all that is on the session's workspace: see `Pulse`. */
  pulse(session: SessionId): string | undefined {
    return this.#live.pulse(session);
  }

  /** What the session wrote, also after its sandbox has ended. @throws Fault `not_found` */
  layer(session: SessionId): SessionLayer {
    const layer = this.#records.get(session)?.layer;
    if (layer) return layer;
    throw new Fault('not_found', `Cannot find the changes of session "${session}": it was never started`);
  }

  /**
   * Starts the sandbox of a session, with what an earlier one wrote. Resolves when its agent can be called.
   * @throws Fault `profile_unknown`, `workspace_invalid`, `engine_unavailable`, `engine_forbidden`, `image_missing`, `disk_full`, `sandbox_failed`, `cancelled`
   */
  start(order: StartSandbox): Promise<Sandbox> {
    return this.#inFlight.track(this.#starts.start(order));
  }

  /**
   * An id for a new session on this workspace: that of a sandbox that was started ahead, where there is one, else a new one.
   * Whoever takes it starts it soon; what is not started within a minute is removed.
   */
  sessionFor(workspace: string, profile: string, narrowing?: Narrowing): SessionId {
    const found = this.#options.profiles.get(profile);
    return (found && this.#pool.take({ workspace, profile: narrowedProfile(found, narrowing) })) ?? newId<SessionId>();
  }

  /** How many sandboxes wait for a session. */
  get readyAhead(): number {
    return this.#pool.size;
  }

  /** Ends the sandbox; what was written stays. Stopping a stopped one does nothing. */
  async stop(session: SessionId): Promise<void> {
    const record = this.#records.get(session);
    if (!record || record.sandbox.state === 'destroyed') return;
    if (!this.#live.has(session)) {
      // It may be ending by itself.
      await this.#live.dismantle(session);
      return this.#records.change(session, { state: 'destroyed' });
    }
    this.#records.change(session, { state: 'stopping' });
    // What they have half done goes with them. One that stands still cannot answer.
    if (record.sandbox.pausedAt === undefined) await this.#endPlugins(session);
    await this.#live.dismantle(session);
    this.#records.change(session, { state: 'destroyed' });
  }

  /** Tells all that runs in the sandbox of a session, by SIGCONT, that it is about to stand still: nothing ends from that, and who cares can see to it. Rejects with a Fault. */
  async settle(session: SessionId): Promise<void> {
    const beside = this.plugins.settle(session, SETTLE_LIMIT_MS);
    await this.connection(session).request('settle', {});
    await beside;
  }

  /** The last lines that its first process printed. @throws Fault `session_not_running`, `engine_unavailable` */
  async logs(session: SessionId, lines: number): Promise<string> {
    const { engine, containerId } = this.#live.get(session);
    return engine.logs(containerId, lines);
  }

  /** Ends the sandbox and removes all that the session wrote. */
  async remove(session: SessionId): Promise<void> {
    await this.stop(session);
    await removeSessionLayer(this.#options, session, this.#helper());
    this.#records.delete(session);
  }

  /**
   * After a start of the kernel: takes over the running sandboxes of `wanted` and removes everything else that an earlier run left.
   * Gives the sessions that go on. An engine that is gone is no failure: what it holds is removed once it is back.
   */
  async recover(wanted: readonly SessionId[]): Promise<ReadonlySet<SessionId>> {
    const adopted = new Set<SessionId>();
    const engine = await this.#options.engine.get().catch((cause: unknown) => {
      this.#options.logger.warn('no container engine; sandboxes of an earlier run cannot be looked for', { cause });
      return undefined;
    });
    for (const session of engine ? wanted : []) {
      const record = this.#records.get(session);
      const profile = record && this.use.ofRecord(record);
      const found = engine && record && (await takeOver(this.#options, engine, { record, profile }));
      if (!found) continue;
      this.#adopt(record.sandbox, found);
      this.#secrets.recheck(found.layer);
      adopted.add(session);
    }
    if (engine) await this.plugins.recover(engine, adopted);
    for (const { sandbox } of this.#records.all()) {
      if (isAlive(sandbox) && !adopted.has(sandbox.session))
        this.#records.change(sandbox.session, { state: 'destroyed' });
    }
    await this.#housekeeping.begin();
    // Waits for the engine, and cleans up then.
    if (!engine) this.#watch.start();
    return adopted;
  }

  get profiles(): ReadonlyMap<string, Profile> {
    return this.use.all;
  }

  /**
   * What no session needs any more; `show` removes nothing. Of the package caches: those of folders without a session, or with `idle` those
   * that no sandbox uses now.
   */
  prune(mode: 'show' | 'remove', caches: 'unneeded' | 'idle' = 'unneeded'): Promise<readonly Leftover[]> {
    const kept = this.#records.all().filter(({ sandbox }) => caches === 'unneeded' || isAlive(sandbox));
    const workspaces = new Set([...kept.map(({ layer }) => layer?.workspace), ...this.#starts.workspaces()]);
    return this.#housekeeping.prune(mode, (workspace) => workspaces.has(workspace) || this.#pool.isFor(workspace));
  }

  /** Checks all that a sandbox needs, each failure with its remedy. */
  doctor(): Promise<SandboxDoctor> {
    return this.#inFlight.track(sandboxDoctor(this.#options, this.#helper()));
  }

  /** Leaves the sandboxes running: the next kernel takes them over. What is being started is given up. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch[Symbol.dispose]();
    this.#secrets[Symbol.dispose]();
    this.#housekeeping[Symbol.dispose]();
    await this.#inFlight[Symbol.asyncDispose]();
    await this.#pool[Symbol.asyncDispose]();
    await this.plugins[Symbol.asyncDispose]();
    await this.#live[Symbol.asyncDispose]();
    // What ended of itself meanwhile.
    await this.#inFlight[Symbol.asyncDispose]();
  }

  /** Those of the sessions and those of their plugins, which end before them. */
  #beside(options: SandboxesOptions) {
    const work = this.#inFlight;
    const live: LiveSandboxes = new LiveSandboxes({
      ...options,
      records: this.#records,
      work,
      endBeside: (session) => plugins.endSession(session),
      pulseBeside: (session) => plugins.pulse(session),
    });
    const plugins = new PluginSandboxes({
      ...options,
      live,
      profile: (name) => this.use.named(name),
      sessionProfile: (session) => this.use.ofSession(session),
      sessionGroups: (session) => this.use.groupsOf(session),
      idleLimitMs: options.pluginIdleMs,
      work,
    });
    return { live, plugins };
  }

  #launch(order: LaunchOrder): Promise<Launched> {
    return launch(this.#options, { ...order, signal: this.#inFlight.signalFor(order.signal) });
  }

  #adopt(sandbox: Sandbox, launched: Launched): Sandbox {
    const profile = this.use.ofRecord({ sandbox, narrowing: this.#records.get(sandbox.session)?.narrowing });
    const ready = this.#live.adopt(sandbox, launched, profile);
    this.#watch.start();
    this.#secrets.start();
    return ready;
  }

  #onEvent(event: ContainerEvent): void {
    if (event.action === 'die' || event.action === 'destroy') this.#pool.onDeath(event.container);
    this.plugins.onEvent(event);
    this.#live.onEvent(event);
  }

  #onEngineGone(fault: Fault): void {
    this.#housekeeping.mark();
    this.#live.onEngineGone(fault);
  }

  async #onEngineBack(engine: ContainerRuntime): Promise<void> {
    await this.plugins.onEngineBack(engine);
    await this.#live.onEngineBack(engine);
    await this.#pool.onEngineBack(engine);
    await this.#housekeeping.sweep();
  }

  /** An agent of an older version does not know the call. */
  async #endPlugins(session: SessionId): Promise<void> {
    const signal = AbortSignal.timeout(END_LIMIT_MS);
    await this.connection(session)
      .request('plugin.endAll', {}, { signal })
      .catch(() => undefined);
  }

  /** True for one that has no record, or none yet, and is worked with. */
  #isPassing(session: SessionId): boolean {
    return this.#starts.has(session) || this.#pool.hasSession(session) || this.#options.inUse.has(session);
  }

  /** The profile whose image and system calls a helper container uses. */
  #helper(): Profile {
    return this.use.named('workspace');
  }
}
