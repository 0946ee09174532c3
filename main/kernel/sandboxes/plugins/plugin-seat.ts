import type { Failure, Sandbox } from '../../../../schema/entities.ts';
import { Fault, toFault } from '../../../../schema/fault.ts';
import type { AgentConnection } from '../agent-port.ts';
import type { ContainerRuntime } from '../container-runtime.ts';
import type { InFlight } from '../in-flight.ts';
import type { LaunchPad } from '../launch.ts';
import { failureOf } from '../sandbox-records.ts';
import { abandonable } from './abandonable.ts';
import { type LaunchedPlugin, endPlugin } from './plugin-launch.ts';
import type { PluginPlace } from './plugin-place.ts';

export interface SeatParts {
  readonly pad: LaunchPad;
  readonly work: InFlight;
  /** How long it may be without a call; 0: as long as its session. */
  readonly idleLimitMs: () => number;
  readonly onChange: (sandbox: Sandbox, place: PluginPlace) => void;
  readonly onConnection: (connection: AgentConnection, place: PluginPlace) => void;
  /** Nothing of it is left. */
  readonly onGone: (seat: PluginSeat) => void;
}

export interface SeatOrder {
  readonly place: PluginPlace;
  readonly fresh: Sandbox;
  /** What the session waits for while it stands still; nothing is started then. */
  readonly standing: () => Promise<void> | undefined;
  readonly launch: (signal: AbortSignal) => Promise<LaunchedPlugin>;
}

/** Why the kernel ends one; a failure where it ended by itself. */
export interface SeatEnd {
  readonly why: string;
  readonly failure?: Failure | undefined;
}

/** The sandbox of one plugin beside its session's own, from when it is asked for until nothing of it is left. */
export class PluginSeat {
  readonly place: PluginPlace;
  readonly #parts: SeatParts;
  readonly #givingUp = new AbortController();
  readonly #ready: Promise<LaunchedPlugin>;
  #sandbox: Sandbox;
  #launched: LaunchedPlugin | undefined;
  #isWaiting = true;
  #isPaused = false;
  #underWay = 0;
  #lastUsedMs: number;
  #idle: Disposable | undefined;
  #end: (SeatEnd & { readonly done: Promise<void> }) | undefined;
  #stopListening: () => void = () => undefined;

  constructor(parts: SeatParts, order: SeatOrder) {
    this.#parts = parts;
    this.place = order.place;
    this.#sandbox = order.fresh;
    this.#lastUsedMs = parts.pad.clock.now();
    this.#tell({});
    this.#ready = parts.work.track(this.#start(order));
    this.#ready.catch(() => undefined);
  }

  get sandbox(): Sandbox {
    return this.#sandbox;
  }

  /** Resolves when nothing of it is left; undefined while it may be used. */
  get ending(): Promise<void> | undefined {
    return this.#end?.done;
  }

  /** Since when nobody has called it; undefined while somebody does, or it is not there yet. */
  get idleSinceMs(): number | undefined {
    return this.#underWay > 0 || this.#launched === undefined ? undefined : this.#lastUsedMs;
  }

  /** See `Pulse`; it is not known of one that is being started. */
  get pulse(): string | undefined {
    return this.#launched && this.#parts.pad.groups.pulse(this.#launched.connection.peer);
  }

  /** Does the work with the connection to its agent, once that is there. @throws Fault `sandbox_failed`, `plugin_failed`, and what the work throws */
  async use<T>(signal: AbortSignal, work: (connection: AgentConnection) => Promise<T>): Promise<T> {
    this.#underWay += 1;
    this.#idle?.[Symbol.dispose]();
    try {
      const { connection } = await abandonable(this.#ready, signal).catch((thrown: unknown) => {
        throw this.#notStarted(thrown, signal);
      });
      return await work(this.#launched?.connection ?? connection);
    } catch (thrown) {
      throw this.#explained(thrown);
    } finally {
      this.#underWay -= 1;
      this.#rest();
    }
  }

  /** Comes to a standstill, also where it is being started; what cannot is ended. */
  async hold(): Promise<void> {
    if (this.#isWaiting) return;
    const launched = await this.#ready.catch(() => undefined);
    if (launched === undefined || this.#end) return this.#end?.done;
    try {
      await launched.engine.pause(launched.container);
      this.#isPaused = true;
    } catch (cause) {
      this.#parts.pad.logger.warn('a plugin could not be made to stand still and is ended', { cause, ...this.#named });
      await this.end({ why: 'it could not be made to stand still' });
    }
  }

  /** Goes on where it stood still. */
  async release(): Promise<void> {
    if (!this.#isPaused || this.#launched === undefined) return;
    this.#isPaused = false;
    try {
      await this.#launched.engine.resume(this.#launched.container);
    } catch (cause) {
      this.#parts.pad.logger.warn('a plugin does not go on and is ended', { cause, ...this.#named });
      await this.end({ why: 'it did not go on' });
    }
  }

  /** Ends it and waits until nothing of it is left; a start that is under way is given up. */
  end(how: SeatEnd): Promise<void> {
    this.#end ??= { ...how, done: this.#parts.work.track(this.#finish(how)) };
    return this.#end.done;
  }

  /** Its container has ended, and nobody here ended it. */
  died(exitCode: number | undefined): void {
    if (this.#end || this.#parts.work.isClosed) return;
    const { plugin } = this.place;
    const message = `The sandbox of plugin "${plugin}" ended with code ${exitCode ?? 'unknown'}`;
    void this.end({ why: 'it ended', failure: { code: 'sandbox_failed', message } });
  }

  /** An engine that was gone is back. */
  async engineBack(engine: ContainerRuntime): Promise<void> {
    if (this.#launched === undefined || this.#end) return;
    this.#launched = { ...this.#launched, engine };
    const state = await engine.inspect(this.#launched.container);
    if (state?.running !== true) this.died(state?.exitCode);
  }

  /** Stops looking after it and leaves it running, for the next kernel. */
  async leave(): Promise<void> {
    this.#idle?.[Symbol.dispose]();
    this.#stopListening();
    await this.#launched?.endpoint[Symbol.asyncDispose]();
  }

  /** Asks its agent, where there is one. */
  async ask(method: string, limitMs: number): Promise<void> {
    const asked = this.#launched?.connection.request(method, {}, { signal: AbortSignal.timeout(limitMs) });
    await asked?.catch(() => undefined);
  }

  async #start({ standing, launch }: SeatOrder): Promise<LaunchedPlugin> {
    const signal = this.#parts.work.signalFor(this.#givingUp.signal);
    try {
      for (let until = standing(); until; until = standing()) await abandonable(until, signal);
      this.#isWaiting = false;
      const launched = await launch(signal);
      this.#launched = launched;
      this.#stopListening = launched.endpoint.onConnection((connection) => this.#connected(connection));
      const { identity } = launched.engine;
      const readyAt = this.#parts.pad.clock.now();
      this.#tell({ state: 'running', engine: identity.kind, containerId: launched.container, readyAt });
      this.#connected(launched.connection);
      this.#rest();
      return launched;
    } catch (thrown) {
      const fault = toFault(thrown);
      this.#tell({ state: 'failed', failure: failureOf(fault) });
      this.#parts.onGone(this);
      throw thrown;
    }
  }

  async #finish({ failure }: SeatEnd): Promise<void> {
    const { pad, onGone } = this.#parts;
    this.#givingUp.abort(new Fault('cancelled', 'The start was given up'));
    this.#idle?.[Symbol.dispose]();
    const launched = await this.#ready.catch(() => undefined);
    // What a start that fails leaves behind is its own to take away and to tell.
    if (launched === undefined) return onGone(this);
    this.#idle?.[Symbol.dispose]();
    this.#stopListening();
    if (failure === undefined) this.#tell({ state: 'stopping' });
    await endPlugin(pad, this.#launched ?? launched);
    this.#tell(failure === undefined ? { state: 'destroyed' } : { state: 'failed', failure });
    onGone(this);
  }

  #connected(connection: AgentConnection): void {
    if (this.#launched) this.#launched = { ...this.#launched, connection };
    this.#parts.onConnection(connection, this.place);
  }

  /** Whoever is not called for a while is ended. */
  #rest(): void {
    const { pad, idleLimitMs } = this.#parts;
    this.#lastUsedMs = pad.clock.now();
    this.#idle?.[Symbol.dispose]();
    const limitMs = idleLimitMs();
    if (limitMs <= 0 || this.#underWay > 0 || this.#end || this.#launched === undefined) return;
    this.#idle = pad.clock.setTimer(limitMs, () => {
      if (!this.#parts.work.isClosed) void this.end({ why: 'nobody called it' });
    });
  }

  #tell(change: Partial<Sandbox>): void {
    this.#sandbox = { ...this.#sandbox, ...change };
    this.#parts.onChange(this.#sandbox, this.place);
  }

  get #named() {
    const { session, plugin } = this.place;
    return { session, plugin, sandbox: this.#sandbox.id };
  }

  #notStarted(thrown: unknown, signal: AbortSignal): Fault {
    if (signal.aborted) return new Fault('cancelled', 'The call was cancelled while the plugin was started');
    const { why, fix, message } = toFault(thrown);
    return new Fault('sandbox_failed', `Cannot start the sandbox of plugin "${this.place.plugin}": ${message}`, {
      cause: thrown,
      ...(why === undefined ? {} : { why }),
      ...(fix === undefined ? {} : { fix }),
    });
  }

  /** A connection that has ended says who ended it: the kernel, or the plugin with its sandbox. */
  #explained(thrown: unknown): unknown {
    if (!(thrown instanceof Fault) || thrown.code !== 'disconnected' || this.#parts.work.isClosed) return thrown;
    const { plugin } = this.place;
    this.died(undefined);
    const { why, failure } = this.#end ?? { why: 'it ended', failure: undefined };
    return failure === undefined
      ? new Fault('sandbox_failed', `The sandbox of plugin "${plugin}" was ended: ${why}`, { cause: thrown })
      : new Fault('plugin_failed', failure.message, { cause: thrown, retryable: true });
  }
}
