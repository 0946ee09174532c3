import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import { newId } from '../../base/id.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import { dismantle } from './dismantle.ts';
import type { InFlight } from './in-flight.ts';
import { type LaunchPad, type Launched, launch } from './launch.ts';
import { removeSessionLayer } from './leftovers.ts';
import { PoolDemand } from './pool-demand.ts';
import type { Profile } from './profiles.ts';

export interface PoolOptions extends LaunchPad {
  readonly poolLimitBytes: () => number;
  /** Whose image and system calls a helper container uses. */
  readonly helper: () => Profile;
  /** What is begun here is given up and waited for with it. */
  readonly work: InFlight;
}

/** What a prepared sandbox is for. Any difference in the profile makes it another kind. */
export interface PoolKind {
  readonly workspace: string;
  readonly profile: Profile;
}

interface Prepared {
  readonly kind: string;
  readonly session: SessionId;
  readonly launched: Launched;
  memoryBytes: number;
}

/** The session that has just started goes first. */
const REFILL_AFTER_MS = 1_000;
/** Also when a failed start is tried again. */
const CHECK_EVERY_MS = 60_000;
/** A sandbox whose agent does not answer in this time is of no use to anybody who wants it at once. */
const ANSWER_LIMIT_MS = 1_000;
const START_WITHIN_MS = 60_000;
/** Of an agent that does nothing; measured once one is ready. */
const FIRST_GUESS_BYTES = 64 * 1024 * 1024;
/** What a sandbox has at least where a Node waits in it for its first plugin: that takes 10 MiB and 11 threads (decisions/0007). */
const NODE_AHEAD = { memoryBytes: 512 * 1024 * 1024, pids: 128 };

/**
 * Sandboxes that were started before anybody asked, for the workspaces and profiles in use. Each is whole, with a session's id and
 * layer; nothing inside has looked at the workspace. One that was taken never comes back. Their number follows the use, bounded by memory.
 */
export class SandboxPool implements AsyncDisposable {
  readonly #options: PoolOptions;
  readonly #demand = new PoolDemand();
  readonly #kinds = new Map<string, PoolKind>();
  readonly #ready = new Map<SessionId, Prepared>();
  /** Given out and not yet started. */
  readonly #taken = new Map<SessionId, Prepared>();
  /** Until when they have to be started. */
  readonly #deadlines = new Map<SessionId, Disposable>();
  /** Being made, or being taken away: the engine still has something of them. */
  readonly #passing = new Map<SessionId, SandboxId>();
  /** Kinds whose workspace had to be copied: a copy grows old. */
  readonly #unfit = new Set<string>();
  #timer: Disposable | undefined;
  #dueMs = 0;
  #filling: Promise<void> | undefined;
  #isClosed = false;
  /** Whose next one is being made. */
  #making: string | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** How many are ready. */
  get size(): number {
    return this.#ready.size;
  }

  hasSession(session: SessionId): boolean {
    return this.#ready.has(session) || this.#taken.has(session) || this.#passing.has(session);
  }

  hasSandbox(sandbox: string | undefined): boolean {
    const held = [...this.#ready.values(), ...this.#taken.values()].map(({ launched }) => launched.connection.sandbox);
    return [...held, ...this.#passing.values()].some((each) => each === sandbox);
  }

  /** True where one is ready for this workspace, or being made. */
  isFor(workspace: string): boolean {
    const held = [...this.#ready.values(), ...this.#taken.values()].map(({ launched }) => launched.layer.workspace);
    return held.includes(workspace) || this.#making === workspace;
  }

  /** A sandbox of this kind was started, ready or not: there may be more. */
  note(wanted: PoolKind): void {
    const kind = kindOf(wanted);
    this.#kinds.set(kind, wanted);
    this.#demand.note(kind, this.#options.clock.now());
    this.#plan(REFILL_AFTER_MS);
  }

  /** The session of a ready sandbox of this kind, for its starter alone. */
  take(wanted: PoolKind): SessionId | undefined {
    const kind = kindOf(wanted);
    const found = [...this.#ready.values()].find((prepared) => prepared.kind === kind);
    if (!found) return undefined;
    const { session } = found;
    this.#ready.delete(session);
    this.#taken.set(session, found);
    const { clock, work } = this.#options;
    const deadline = clock.setTimer(START_WITHIN_MS, () => {
      this.#deadlines.delete(session);
      if (this.#taken.delete(session)) void work.track(this.#discard(found));
    });
    this.#deadlines.set(session, deadline);
    return session;
  }

  /** Hands over the sandbox that was taken under this id, brought up to date; undefined where there is none, or none that still serves. */
  async claim(session: SessionId, wanted: PoolKind): Promise<Launched | undefined> {
    const startedMs = performance.now();
    const prepared = this.#taken.get(session);
    if (!prepared) return undefined;
    this.#deadlines.get(session)?.[Symbol.dispose]();
    this.#deadlines.delete(session);
    const { layers, clock, logger } = this.#options;
    const { connection, layer } = prepared.launched;
    try {
      if (prepared.kind !== kindOf(wanted)) throw new Error('it was made for something else');
      const [renewed] = await Promise.all([layers.renew(layer, clock.now()), this.#ask(prepared)]);
      if (!renewed) throw new Error('the folder is another by now');
      // Whoever has waited may have lost it to its end meanwhile.
      if (!this.#taken.delete(session)) throw new Error('it has ended');
      const durationMs = Math.round(performance.now() - startedMs);
      return { ...prepared.launched, layer: renewed, phases: [{ name: 'pool', durationMs }] };
    } catch (cause) {
      logger.info('a sandbox that was started ahead is not used', { sandbox: connection.sandbox, cause });
      this.#taken.delete(session);
      await this.#discard(prepared);
      return undefined;
    }
  }

  /** A container has ended: nobody shall be given it. */
  onDeath(container: string): void {
    const dead = [...this.#ready.values(), ...this.#taken.values()].find(
      ({ launched }) => launched.containerId === container,
    );
    if (dead) void this.#lose(dead);
  }

  /** Looks which ones an engine still has after it was gone. */
  async onEngineBack(engine: ContainerRuntime): Promise<void> {
    for (const prepared of [...this.#ready.values(), ...this.#taken.values()]) {
      const state = await engine.inspect(prepared.launched.containerId);
      if (state?.running !== true) await this.#lose(prepared);
    }
    if (this.#kinds.size > 0) this.#plan(REFILL_AFTER_MS);
  }

  /** Ends and removes all of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    for (const deadline of this.#deadlines.values()) deadline[Symbol.dispose]();
    this.#deadlines.clear();
    await this.#filling;
    const all = [...this.#ready.values(), ...this.#taken.values()];
    this.#ready.clear();
    this.#taken.clear();
    await Promise.all(all.map((prepared) => this.#discard(prepared)));
  }

  /** Looks again after so long, or earlier where that was planned already. */
  #plan(delayMs: number): void {
    const { clock, work } = this.#options;
    const dueMs = clock.now() + delayMs;
    if (this.#isClosed || (this.#timer && this.#dueMs <= dueMs)) return;
    this.#timer?.[Symbol.dispose]();
    this.#dueMs = dueMs;
    this.#timer = clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      if (this.#filling) return this.#plan(REFILL_AFTER_MS);
      this.#filling = work.track(this.#fill()).finally(() => {
        this.#filling = undefined;
      });
    });
  }

  /** Takes away what nobody wants any more or what no longer answers, then makes what is missing, one after the other. */
  async #fill(): Promise<void> {
    const ready = [...this.#ready.values()];
    await Promise.all(ready.map((prepared) => this.#ask(prepared).catch(() => this.#lose(prepared))));
    for (const prepared of this.#surplus()) await this.#lose(prepared);
    for (let missing = this.#missing(); missing && !this.#isClosed; missing = this.#missing()) {
      if (!(await this.#prepare(missing))) break;
    }
    if (this.#wanted().size > 0 || this.#ready.size > 0) this.#plan(CHECK_EVERY_MS);
  }

  #wanted(): ReadonlyMap<string, number> {
    const largest = Math.max(0, ...[...this.#ready.values()].map(({ memoryBytes }) => memoryBytes));
    const limit = Math.floor(this.#options.poolLimitBytes() / (largest || FIRST_GUESS_BYTES));
    return this.#demand.wanted(this.#options.clock.now(), limit);
  }

  #ofKind(kind: string): Prepared[] {
    return [...this.#ready.values()].filter((prepared) => prepared.kind === kind);
  }

  #surplus(): Prepared[] {
    const wanted = this.#wanted();
    const kinds = new Set([...this.#ready.values()].map(({ kind }) => kind));
    return [...kinds].flatMap((kind) => this.#ofKind(kind).slice(wanted.get(kind) ?? 0));
  }

  #missing(): PoolKind | undefined {
    for (const [kind, count] of this.#wanted()) {
      if (!this.#unfit.has(kind) && this.#ofKind(kind).length < count) return this.#kinds.get(kind);
    }
    return undefined;
  }

  /** True when one more is ready, or it is known that there will be none. */
  async #prepare(wanted: PoolKind): Promise<boolean> {
    const { work, logger } = this.#options;
    const [session, sandbox] = [newId<SessionId>(), newId<SandboxId>()];
    const signal = work.signalFor(new AbortController().signal);
    this.#passing.set(session, sandbox);
    this.#making = wanted.workspace;
    try {
      const launched = await launch(this.#options, { ...wanted, sandbox, session, former: undefined, signal });
      const prepared: Prepared = { kind: kindOf(wanted), session, launched, memoryBytes: FIRST_GUESS_BYTES };
      if (launched.layer.strategy !== 'overlay') {
        this.#unfit.add(prepared.kind);
        await this.#discard(prepared);
        return true;
      }
      await prepareNode(prepared, wanted.profile);
      try {
        await this.#ask(prepared);
      } catch (cause) {
        await this.#discard(prepared);
        throw cause;
      }
      launched.connection.onClose(() => void this.#lose(prepared));
      this.#ready.set(session, prepared);
      return true;
    } catch (cause) {
      logger.info('cannot start a sandbox ahead', { cause });
      await removeSessionLayer(this.#options, session, this.#options.helper()).catch(() => undefined);
      return false;
    } finally {
      this.#making = undefined;
      this.#passing.delete(session);
    }
  }

  /** Throws when the agent does not answer; notes what it uses. */
  async #ask(prepared: Prepared): Promise<void> {
    const answer = await ask(prepared, 'stats');
    const used =
      typeof answer === 'object' && answer !== null && 'memoryBytes' in answer ? answer.memoryBytes : undefined;
    if (typeof used === 'number' && used > 0) prepared.memoryBytes = used;
  }

  async #lose(prepared: Prepared): Promise<void> {
    const { session } = prepared;
    if (!this.#ready.delete(session) && !this.#taken.delete(session)) return;
    await this.#options.work.track(this.#discard(prepared));
    this.#plan(REFILL_AFTER_MS);
  }

  async #discard({ session, launched }: Prepared): Promise<void> {
    const { engine, containerId: container, volume, endpoint, connection } = launched;
    const { sandbox } = connection;
    this.#passing.set(session, sandbox);
    try {
      await dismantle({ sandbox, session, engine, container, volume, endpoint }, this.#options);
      await removeSessionLayer(this.#options, session, this.#options.helper());
    } catch (cause) {
      this.#options.logger.warn('cannot remove a sandbox that was started ahead', { sandbox, cause });
    } finally {
      this.#passing.delete(session);
    }
  }
}

/** Where there is room, a Node waits in it for the first plugin. Without one, that is started as any other. */
async function prepareNode(prepared: Prepared, { memoryBytes, pids }: Profile): Promise<void> {
  if (memoryBytes < NODE_AHEAD.memoryBytes || pids < NODE_AHEAD.pids) return;
  await ask(prepared, 'plugin.prepare').catch(() => undefined);
}

function ask({ launched }: Prepared, method: 'stats' | 'plugin.prepare'): Promise<unknown> {
  return launched.connection.request(method, {}, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
}

function kindOf({ workspace, profile }: PoolKind): string {
  return JSON.stringify([workspace, profile]);
}
