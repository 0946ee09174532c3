import type { Phase, Sandbox, SandboxId, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import { type Narrowing, narrowedProfile } from './cave.ts';
import { type LaunchOrder, type Launched, startFault } from './launch.ts';
import type { LiveSandboxes } from './live-sandboxes.ts';
import type { SandboxPool } from './pool.ts';
import type { SandboxProfiles } from './sandbox-profiles.ts';
import { failureOf, type SandboxRecords } from './sandbox-records.ts';
import type { SessionLayer } from './session-layer.ts';

export interface StartSandbox {
  readonly session: SessionId;
  readonly workspace: string;
  readonly profile: string;
  /** What the workspace's own sandbox takes away from the profile. */
  readonly narrowing?: Narrowing | undefined;
  readonly signal: AbortSignal;
  /** Makes the layer of a session that begins with what another one wrote. */
  readonly seed?: (() => Promise<SessionLayer>) | undefined;
}

export interface SessionStartsOptions {
  readonly records: SandboxRecords;
  readonly live: Pick<LiveSandboxes, 'has'>;
  readonly pool: Pick<SandboxPool, 'claim' | 'note'>;
  readonly use: Pick<SandboxProfiles, 'named'>;
  readonly clock: Clock;
  readonly launch: (order: LaunchOrder) => Promise<Launched>;
  /** Takes what was launched among those that run. */
  readonly adopt: (sandbox: Sandbox, launched: Launched) => Sandbox;
}

/** Starts the sandboxes of sessions: one that was started ahead, where there is one, else a new one. */
export class SessionStarts {
  readonly #options: SessionStartsOptions;
  /** The workspaces of sessions whose layer is not there yet. */
  readonly #starting = new Map<SessionId, string>();

  constructor(options: SessionStartsOptions) {
    this.#options = options;
  }

  has(session: SessionId): boolean {
    return this.#starting.has(session);
  }

  workspaces(): Iterable<string> {
    return this.#starting.values();
  }

  /** Resolves when its agent can be called. Throws what `Sandboxes.start` throws. */
  async start(wanted: StartSandbox): Promise<Sandbox> {
    const { session, workspace } = wanted;
    if (this.#options.live.has(session))
      throw new Fault('sandbox_failed', `Cannot start session "${session}": it runs already`);
    this.#starting.set(session, workspace);
    try {
      return await this.#begin(wanted);
    } finally {
      this.#starting.delete(session);
    }
  }

  async #begin({ session, workspace, profile: name, narrowing, signal, seed }: StartSandbox): Promise<Sandbox> {
    const { records, pool, use, clock } = this.#options;
    const profile = narrowedProfile(use.named(name), narrowing);
    const former = records.get(session)?.layer ?? (await seed?.());
    const { image } = profile;
    const ready = former ? undefined : await pool.claim(session, { workspace, profile });
    const id = ready?.connection.sandbox ?? newId<SandboxId>();
    const createdAt = clock.now();
    const fresh: Sandbox = { id, session, profile: name, state: 'creating', engine: '', image, createdAt, phases: [] };
    records.put(former ? { sandbox: fresh, layer: former, narrowing } : { sandbox: fresh, narrowing });
    let phases: readonly Phase[] = [];
    const onPhases = (now: readonly Phase[]): void => {
      phases = now;
      records.showPhases(session, now);
    };
    try {
      const order = { sandbox: id, session, workspace, profile, former, signal, onPhases };
      const launched = ready ?? (await this.#options.launch(order));
      const running = this.#options.adopt({ ...fresh, readyAt: clock.now() }, launched);
      pool.note({ workspace, profile });
      return running;
    } catch (thrown) {
      const fault = startFault(thrown, profile);
      records.change(session, { state: 'failed', failure: failureOf(fault), phases });
      throw fault;
    }
  }
}
