import type { Sandbox, SandboxId, SessionId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import { newId } from '../../../base/id.ts';
import type { AgentConnection } from '../agent-port.ts';
import type { ContainerEvent, ContainerRuntime } from '../container-runtime.ts';
import { LABELS, type SandboxLayout } from '../container-spec.ts';
import type { InFlight } from '../in-flight.ts';
import type { LaunchPad } from '../launch.ts';
import type { LiveSandboxes } from '../live-sandboxes.ts';
import type { Profile } from '../profiles.ts';
import { type LaunchedPlugin, launchPlugin, takeOverPlugin } from './plugin-launch.ts';
import { packageFolder, type PluginPlace, placeKey, placeOfLabels } from './plugin-place.ts';
import { pluginGroups, pluginProfile } from './plugin-profile.ts';
import { PluginSeat, type SeatOrder, type SeatParts } from './plugin-seat.ts';

export interface PluginSandboxesOptions extends LaunchPad {
  /** The sessions' own. */
  readonly live: Pick<LiveSandboxes, 'get' | 'during'>;
  /** @throws Fault `profile_unknown` */
  readonly profile: (name: string) => Profile;
  readonly sessionProfile: (session: SessionId) => Profile | undefined;
  /** The groups of hosts that a session may reach at most; undefined: all that the policy has. */
  readonly sessionGroups: (session: SessionId) => readonly string[] | undefined;
  readonly idleLimitMs: () => number;
  readonly work: InFlight;
}

/** A plugin's own sandbox, as whoever asks who is calling sees it. */
export interface KnownPlugin {
  readonly sandbox: Sandbox;
  readonly plugin: string;
  /** Of the package that lies in it. */
  readonly digest: string;
  readonly groups: readonly string[];
}

export type PluginConnectionListener = (session: SessionId, connection: AgentConnection, plugin: string) => void;

/** In one session; a further one takes the place of the one that nobody has called for longest. */
const MOST_OF_A_SESSION = 16;

interface Standstill {
  readonly over: Promise<void>;
  readonly end: () => void;
}

/**
 * The sandboxes that the plugins of others have to themselves: a container for each in each session that calls it, on the session's own
 * workspace, so that no plugin reaches another one's processes, files in memory, sockets or connection. One is started by the first call
 * and ends with its session, after idleness, and when the plugin is offered no more.
 */
export class PluginSandboxes implements AsyncDisposable {
  readonly #options: PluginSandboxesOptions;
  readonly #seats = new Map<string, PluginSeat>();
  readonly #standing = new Map<SessionId, Standstill>();
  readonly #changed = new Set<(sandbox: Sandbox, plugin: string) => void>();
  readonly #connected = new Set<PluginConnectionListener>();
  readonly #parts: SeatParts;
  /** The entries of the plugins that are offered; undefined until that is known. */
  #offered: ReadonlySet<string> | undefined;
  #begun = 0;

  constructor(options: PluginSandboxesOptions) {
    this.#options = options;
    const { idleLimitMs, work } = options;
    this.#parts = {
      pad: options,
      work,
      idleLimitMs,
      onChange: (sandbox, { plugin }) => this.#changed.forEach((listener) => listener(sandbox, plugin)),
      onConnection: (connection, { session, plugin }) =>
        this.#connected.forEach((listener) => listener(session, connection, plugin)),
      onGone: (seat) => {
        const key = placeKey(seat.place);
        if (this.#seats.get(key) === seat) this.#seats.delete(key);
      },
    };
  }

  /** Called whenever one changes. Gives how to stop listening. */
  onChange(listener: (sandbox: Sandbox, plugin: string) => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }

  /** Called for every connection of an agent. Gives how to stop listening. */
  onConnection(listener: PluginConnectionListener): () => void {
    this.#connected.add(listener);
    return () => this.#connected.delete(listener);
  }

  /** True while something of it may be with the engine. */
  has(sandbox: string | undefined): boolean {
    return this.#all().some((seat) => seat.sandbox.id === sandbox);
  }

  /** Of those of a session: see `Pulse`. One that has come and gone meanwhile makes it another one as well. */
  pulse(session: SessionId): string | undefined {
    const pulses = this.#of(session).map((seat) => seat.pulse);
    return pulses.includes(undefined) ? undefined : [this.#begun, ...pulses].join(' ');
  }

  find(wanted: { readonly id: SandboxId } | { readonly containerId: string }): KnownPlugin | undefined {
    const isWanted = ({ id, containerId }: Sandbox): boolean =>
      'id' in wanted ? id === wanted.id : containerId === wanted.containerId;
    const seat = this.#all().find(({ sandbox }) => isWanted(sandbox));
    if (seat === undefined) return undefined;
    const { session, plugin, hosts } = seat.place;
    const groups = pluginGroups(hosts, this.#options.sessionGroups(session));
    return { sandbox: seat.sandbox, plugin, digest: packageFolder(seat.place), groups };
  }

  /**
   * Does the work with the connection to the plugin's own sandbox, which is started where there is none.
   * @throws Fault `session_not_running`, `sandbox_failed`, `plugin_failed`, `tool_unknown`, `limit_reached`, `cancelled`, and what the work throws
   */
  async use<T>(place: PluginPlace, signal: AbortSignal, work: (connection: AgentConnection) => Promise<T>): Promise<T> {
    for (;;) {
      this.#options.live.get(place.session);
      const seat = this.#seats.get(placeKey(place)) ?? this.#begin(place);
      // Who works for a session uses it, wherever that goes on.
      if (seat.ending === undefined) return this.#options.live.during(place.session, () => seat.use(signal, work));
      await seat.ending;
    }
  }

  /** Has those of a session stand still, and starts none until `release`. */
  async hold(session: SessionId): Promise<void> {
    if (!this.#standing.has(session)) {
      let end: () => void = () => undefined;
      const over = new Promise<void>((resolve) => {
        end = resolve;
      });
      this.#standing.set(session, { over, end });
    }
    await Promise.all(this.#of(session).map((seat) => seat.hold()));
  }

  async release(session: SessionId): Promise<void> {
    this.#goOn(session);
    await Promise.all(this.#of(session).map((seat) => seat.release()));
  }

  /** Tells all that runs in those of a session that it is about to stand still; one that does not listen does not hinder it. */
  async settle(session: SessionId, limitMs: number): Promise<void> {
    await Promise.all(this.#of(session).map((seat) => seat.ask('settle', limitMs)));
  }

  /** Ends those of a session, which must be gone before what they are made on. */
  async endSession(session: SessionId): Promise<void> {
    this.#goOn(session);
    await Promise.all(this.#of(session).map((seat) => seat.end({ why: 'its session was stopped' })));
  }

  /** Ends those of plugins that are not offered any more, and starts no others from now on. */
  keepOnly(offered: ReadonlySet<string>): void {
    this.#offered = offered;
    for (const seat of this.#all()) {
      if (!offered.has(seat.place.entry)) void seat.end({ why: 'the plugin is not offered any more' });
    }
  }

  /** Ends those that nobody calls at the moment. */
  endIdle(why: string): void {
    for (const seat of this.#all()) if (seat.idleSinceMs !== undefined) void seat.end({ why });
  }

  /** After a start of the kernel: takes over those of the sessions that go on. Others are found by who removes what is left. */
  async recover(engine: ContainerRuntime, sessions: ReadonlySet<SessionId>): Promise<void> {
    const { ownership } = this.#options;
    const found = await engine.list({ [LABELS.home]: ownership.home });
    for (const { id: container, labels } of found) {
      const place = placeOfLabels(labels);
      if (place === undefined || !sessions.has(place.session) || this.#isWithdrawn(place)) continue;
      try {
        // This program wrote the id there.
        this.#takeOver(place, engine, { container, sandbox: (labels[LABELS.sandbox] ?? '') as SandboxId });
      } catch (cause) {
        // Whoever removes what is left finds it.
        this.#options.logger.info('the sandbox of a plugin is not taken over', { plugin: place.plugin, cause });
      }
    }
  }

  onEvent({ action, container, exitCode }: ContainerEvent): void {
    if (action !== 'die' && action !== 'destroy') return;
    this.#all()
      .find(({ sandbox }) => sandbox.containerId === container)
      ?.died(exitCode);
  }

  async onEngineBack(engine: ContainerRuntime): Promise<void> {
    await Promise.all(this.#all().map((seat) => seat.engineBack(engine)));
  }

  /** Leaves them running: the next kernel takes them over. */
  async [Symbol.asyncDispose](): Promise<void> {
    const all = this.#all();
    this.#seats.clear();
    await Promise.all(all.map((seat) => seat.leave()));
  }

  #all(): readonly PluginSeat[] {
    return [...this.#seats.values()];
  }

  #of(session: SessionId): readonly PluginSeat[] {
    return this.#all().filter(({ place }) => place.session === session);
  }

  #isWithdrawn({ entry }: PluginPlace): boolean {
    return this.#offered !== undefined && !this.#offered.has(entry);
  }

  #goOn(session: SessionId): void {
    this.#standing.get(session)?.end();
    this.#standing.delete(session);
  }

  #begin(place: PluginPlace): PluginSeat {
    const { plugin, session } = place;
    if (this.#isWithdrawn(place)) {
      throw new Fault('tool_unknown', `Cannot call plugin "${plugin}": it is not offered any more`);
    }
    const profile = this.#profileOf(place);
    this.#makeRoom(place);
    const sandbox = newId<SandboxId>();
    const launch = (signal: AbortSignal): Promise<LaunchedPlugin> => {
      const { engine, volume } = this.#options.live.get(session);
      const folder = this.#options.layers.folders(session).copy;
      const workspace: SandboxLayout['workspace'] = volume === undefined ? { folder } : { volume };
      return launchPlugin(this.#options, { place, sandbox, profile, engine, workspace, signal });
    };
    return this.#seat(place, { fresh: this.#fresh(place, { id: sandbox, image: profile.image }), launch });
  }

  #takeOver(
    place: PluginPlace,
    engine: ContainerRuntime,
    { container, sandbox }: { readonly container: string; readonly sandbox: SandboxId },
  ): void {
    const profile = this.#profileOf(place);
    const fresh = this.#fresh(place, { id: sandbox, image: profile.image });
    this.#seat(place, {
      fresh: { ...fresh, state: 'running', engine: engine.identity.kind, containerId: container },
      launch: (signal) => takeOverPlugin(this.#options, { sandbox, profile, engine, container, signal }),
    });
  }

  #fresh({ session, profile }: PluginPlace, named: Pick<Sandbox, 'id' | 'image'>): Sandbox {
    const createdAt = this.#options.clock.now();
    return { ...named, session, profile, state: 'creating', engine: '', createdAt, phases: [] };
  }

  #seat(place: PluginPlace, order: Pick<SeatOrder, 'fresh' | 'launch'>): PluginSeat {
    const standing = (): Promise<void> | undefined => this.#standing.get(place.session)?.over;
    const seat = new PluginSeat(this.#parts, { ...order, place, standing });
    this.#seats.set(placeKey(place), seat);
    this.#begun += 1;
    return seat;
  }

  #profileOf({ session, profile, hosts }: PluginPlace): Profile {
    const wanted = this.#options.profile(profile);
    const ofSession = this.#options.sessionProfile(session);
    // Of a profile that is gone nobody knows any more how little it gave.
    if (ofSession === undefined) return pluginProfile(wanted, this.#options.profile('workspace'), []);
    return pluginProfile(wanted, ofSession, hosts);
  }

  #makeRoom({ session, plugin }: PluginPlace): void {
    const there = this.#of(session).filter((seat) => seat.ending === undefined);
    if (there.length < MOST_OF_A_SESSION) return;
    const [longest] = there
      .filter(({ idleSinceMs }) => idleSinceMs !== undefined)
      .sort((a, b) => (a.idleSinceMs ?? 0) - (b.idleSinceMs ?? 0));
    if (longest === undefined) {
      throw new Fault(
        'limit_reached',
        `Cannot call plugin "${plugin}": ${there.length} others are at work in the session`,
        {
          fix: 'Try again when one of them has answered.',
          retryable: true,
        },
      );
    }
    void longest.end({ why: 'another plugin needed its place' });
  }
}
