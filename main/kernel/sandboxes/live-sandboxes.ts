import type { Failure, Sandbox, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { AgentConnection } from './agent-port.ts';
import { endFailure } from './container-end.ts';
import type { ContainerEvent, ContainerRuntime } from './container-runtime.ts';
import { dismantle } from './dismantle.ts';
import { IdleWatch } from './idle-watch.ts';
import type { InFlight } from './in-flight.ts';
import type { LaunchPad, Launched } from './launch.ts';
import type { Profile } from './profiles.ts';
import { watchCache } from './caches/watch-cache.ts';
import { watchLimits } from './sandbox-limits.ts';
import { type SandboxRecords, failureOf } from './sandbox-records.ts';

/** A sandbox that can be talked to. */
interface Live extends Omit<Launched, 'phases' | 'layer' | 'engine'> {
  engine: ContainerRuntime;
  connection: AgentConnection;
  /** When the engine or the agent said last that memory ran out. */
  outOfMemoryAtMs?: number;
  /** Where its profile limits how long it may stand idle. */
  readonly idle: IdleWatch | undefined;
  /** Called when it ends. */
  readonly closing: (() => void)[];
}

export interface LiveSandboxesOptions extends LaunchPad {
  readonly records: SandboxRecords;
  /** Ends that are under way are waited for with it; once it is closed, nothing is noted any more. */
  readonly work: InFlight;
  /** Ends what else is on a session's workspace, before that is taken away. */
  readonly endBeside: (session: SessionId) => Promise<void>;
  readonly pulseBeside: (session: SessionId) => string | undefined;
}

export type ConnectionListener = (session: SessionId, connection: AgentConnection) => void;

/** The sandboxes that can be talked to, from when their agent is there until they have ended, whoever ends them. */
export class LiveSandboxes implements AsyncDisposable {
  readonly #options: LiveSandboxesOptions;
  readonly #live = new Map<SessionId, Live>();
  /** Those that are being dismantled. */
  readonly #ending = new Map<SessionId, Promise<void>>();
  readonly #listeners = new Set<ConnectionListener>();

  constructor(options: LiveSandboxesOptions) {
    this.#options = options;
  }

  has(session: SessionId): boolean {
    return this.#live.has(session);
  }

  /** @throws Fault `session_not_running` */
  get(session: SessionId): Pick<Live, 'engine' | 'containerId' | 'connection' | 'volume'> {
    const live = this.#live.get(session);
    if (live) return live;
    throw new Fault('session_not_running', `Cannot reach session "${session}": it has no sandbox`, {
      fix: `Resume it: cavern session resume ${session}`,
    });
  }

  /** It is used for as long as the work takes, wherever that goes on. */
  during<T>(session: SessionId, work: () => Promise<T>): Promise<T> {
    const idle = this.#live.get(session)?.idle;
    return idle === undefined ? work() : idle.during(work);
  }

  /** Of all that is on the session's workspace: see `Pulse`. */
  pulse(session: SessionId): string | undefined {
    const live = this.#live.get(session);
    return joined([live && this.#options.groups.pulse(live.connection.peer), this.#options.pulseBeside(session)]);
  }

  *connections(): Generator<readonly [SessionId, AgentConnection]> {
    for (const [session, { connection }] of this.#live) yield [session, connection];
  }

  /** Called for every connection of an agent. Gives how to stop listening. */
  onConnection(listener: ConnectionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** From here on it is this one's to watch and to end. `profile` is undefined where it is no longer there. */
  adopt(sandbox: Sandbox, launched: Launched, profile: Profile | undefined): Sandbox {
    const { session, id } = sandbox;
    const { phases, layer, ...parts } = launched;
    const idle = profile?.idleLimitMs === undefined ? undefined : new IdleWatch(this.#options.clock);
    const live: Live = { ...parts, idle, closing: [] };
    const { closing } = live;
    closing.push(launched.endpoint.onConnection((connection) => this.#onConnection(session, connection)));
    const { caches, clock, logger, layers, records, work } = this.#options;
    if (profile) {
      const readyAtMs = sandbox.readyAt ?? clock.now();
      const usedBytes = (signal: AbortSignal): Promise<number> => layers.usedBytes(session, signal);
      const onExceeded = (fault: Fault): void => void work.track(this.#end(session, failureOf(fault)));
      const idleMs = (): number => idle?.idleMs ?? 0;
      const told = { sandbox: id, profile, clock, logger, onExceeded };
      const limits = watchLimits({ ...told, readyAtMs, idleMs, usedBytes, pulse: () => this.pulse(session) });
      closing.push(() => limits[Symbol.dispose]());
      const { workspace } = layer;
      const cache = watchCache({ ...told, caches, workspace, pulse: () => this.#pulseOf(workspace) });
      closing.push(() => cache[Symbol.dispose]());
    }
    this.#live.set(session, live);
    // Whoever takes one over lets it go on.
    const { failure: _none, pausedAt: _over, ...clean } = sandbox;
    const { containerId, engine } = launched;
    const ready: Sandbox = {
      ...clean,
      state: 'running',
      engine: engine.identity.kind,
      containerId,
      phases: [...phases],
    };
    records.put({ sandbox: ready, layer, narrowing: records.get(session)?.narrowing });
    this.#onConnection(session, launched.connection);
    return ready;
  }

  onEvent(event: ContainerEvent): void {
    const [session, live] = [...this.#live].find(([, each]) => each.containerId === event.container) ?? [];
    if (!session || !live) return;
    if (event.action === 'oom') live.outOfMemoryAtMs = this.#options.clock.now();
    if (event.action !== 'die' && event.action !== 'destroy') return;
    void this.#options.work.track(this.#onDeath(session, live, event.exitCode));
  }

  onEngineGone(fault: Fault): void {
    for (const session of this.#live.keys()) this.#options.records.change(session, { failure: failureOf(fault) });
  }

  async onEngineBack(engine: ContainerRuntime): Promise<void> {
    const { records, work } = this.#options;
    for (const [session, live] of this.#live) {
      live.engine = engine;
      const state = await engine.inspect(live.containerId);
      if (work.isClosed) return;
      if (state?.running !== true) await this.#onDeath(session, live, state?.exitCode);
      else if (records.get(session)?.sandbox.failure) records.change(session, { failure: undefined });
    }
  }

  /** Removes all that was made for it; waits where that is under way. */
  async dismantle(session: SessionId): Promise<void> {
    const live = this.#live.get(session);
    if (!live) return this.#ending.get(session);
    this.#live.delete(session);
    const ending = this.#dismantle(session, live);
    this.#ending.set(session, ending);
    await ending.finally(() => this.#ending.delete(session));
  }

  async #dismantle(session: SessionId, live: Live): Promise<void> {
    for (const close of live.closing) close();
    await this.#options.endBeside(session);
    const { engine, containerId: container, volume, endpoint, connection } = live;
    await dismantle({ sandbox: connection.sandbox, session, engine, container, volume, endpoint }, this.#options);
  }

  /** Leaves them running. */
  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#live.values()];
    this.#live.clear();
    for (const live of all) {
      for (const close of live.closing) close();
      await live.endpoint[Symbol.asyncDispose]();
    }
  }

  /** Of all sessions that share a package cache. */
  #pulseOf(workspace: string): string | undefined {
    const { records } = this.#options;
    const sharing = [...this.#live.keys()].filter((session) => records.get(session)?.layer?.workspace === workspace);
    return joined(sharing.map((session) => this.pulse(session)));
  }

  #onConnection(session: SessionId, opened: AgentConnection): void {
    const live = this.#live.get(session);
    if (!live) return;
    const connection = live.idle?.noting(opened) ?? opened;
    live.connection = connection;
    // Podman never says so of a container that ended.
    connection.onEvent((method) => {
      if (method === 'memory.oom_kill') live.outOfMemoryAtMs = this.#options.clock.now();
    });
    for (const listener of this.#listeners) listener(session, connection);
  }

  async #onDeath(session: SessionId, live: Live, exitCode: number | undefined): Promise<void> {
    const sandbox = this.#options.records.get(session)?.sandbox;
    if (sandbox?.state !== 'running') return;
    const state = await live.engine.inspect(live.containerId).catch(() => undefined);
    const [outOfMemoryAtMs, nowMs] = [live.outOfMemoryAtMs, this.#options.clock.now()];
    await this.#end(session, endFailure({ sandbox: sandbox.id, state, exitCode, outOfMemoryAtMs, nowMs }));
  }

  /** Ends a running sandbox because of a failure. */
  async #end(session: SessionId, failure: Failure): Promise<void> {
    const { records, logger, work } = this.#options;
    // A sandbox that ends while the kernel does is found by the next one.
    if (work.isClosed || records.get(session)?.sandbox.state !== 'running') return;
    logger.warn('a sandbox failed', { session, ...failure });
    records.change(session, { state: 'stopping', failure });
    await this.dismantle(session);
    records.change(session, { state: 'failed', failure });
  }
}

/** Undefined where any of them cannot be told. */
function joined(pulses: readonly (string | undefined)[]): string | undefined {
  return pulses.includes(undefined) ? undefined : pulses.join(' ');
}
