import type { SessionId } from '../../../schema/entities.ts';
import { RECIPE_LABEL } from './images/image-source.ts';
import type { InFlight } from './in-flight.ts';
import type { LaunchPad } from './launch.ts';
import { type Leftover, findLeftovers, removeLeftovers } from './leftovers.ts';
import type { Profile } from './profiles.ts';

export interface HousekeepingOptions extends LaunchPad {
  /** Whose image and system calls a helper container uses. */
  readonly helper: () => Profile;
  readonly isSandboxKnown: (sandbox: string | undefined) => boolean;
  readonly isSessionKnown: (session: SessionId) => boolean;
  /** Waited for at the end. */
  readonly work: InFlight;
  /** True while its sandbox may use its layer. */
  readonly isSessionAlive: (session: SessionId) => boolean;
}

/** An engine finishes what a kernel that was killed had asked for: a container may come into being after the next kernel has looked. */
const LATE_LOOKS_MS = [5_000, 60_000];

/** On what the set-up builds, and on what is built of a recipe. */
const OWN_IMAGES = ['cavern.image', RECIPE_LABEL];
/** One that is being built has no name yet. */
const BEING_BUILT_MS = 60 * 60_000;

/** Finds and removes what no session needs any more; remembers when that has to be tried again. */
export class Housekeeping implements Disposable {
  readonly #options: HousekeepingOptions;
  #isDue = false;
  #timers: readonly Disposable[] = [];
  #sweeping: Promise<void> | undefined;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  /** What the operator asks for: what is lost, and the caches that `keep` does not speak for. `show` removes nothing. */
  async prune(mode: 'show' | 'remove', keep: (workspace: string) => boolean): Promise<readonly Leftover[]> {
    const caches = await this.#options.caches.list();
    const unused = caches
      .filter(({ workspace }) => !keep(workspace))
      .map(({ name, workspace, sizeBytes }): Leftover => ({ kind: 'cache', name, sizeBytes, about: workspace }));
    return this.#clean(mode, [...unused, ...(await this.#oldImages())]);
  }

  /** Of the images that Cavern builds, those whose name a later one has. */
  async #oldImages(): Promise<readonly Leftover[]> {
    const { engine: access, clock } = this.#options;
    const engine = await access.get();
    const found = await Promise.all(OWN_IMAGES.map((label) => engine.images.unnamed(label)));
    const old = found.flat().filter(({ createdAtMs }) => clock.now() - createdAtMs > BEING_BUILT_MS);
    return [...new Map(old.map((image) => [image.id, image])).values()].map(
      ({ id, sizeBytes }): Leftover => ({ kind: 'image', name: id, sizeBytes }),
    );
  }

  async #clean(mode: 'show' | 'remove', others: readonly Leftover[]): Promise<readonly Leftover[]> {
    const { engine: access, ownership, helper } = this.#options;
    const engine = await access.get();
    const lost = await findLeftovers({ ...this.#options, engine, home: ownership.home });
    const leftovers = [...lost, ...others];
    if (mode === 'remove') await removeLeftovers(leftovers, this.#options, helper());
    return leftovers;
  }

  /** Something may be left that could not be removed: the next sweep looks. */
  mark(): void {
    this.#isDue = true;
  }

  /** As after a start: looks now, and again when an engine has surely finished what others had asked of it. */
  async begin(): Promise<void> {
    this.#isDue = true;
    const { clock, work } = this.#options;
    const look = (): void => {
      this.#isDue = true;
      void work.track(this.sweep());
    };
    this.#timers = LATE_LOOKS_MS.map((delayMs) => clock.setTimer(delayMs, look));
    await this.sweep();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) timer[Symbol.dispose]();
  }

  /**
   * Removes what an earlier run, or a clean-up without an engine, left behind; does nothing where nothing was marked. Resolves
   * when that is gone also for who asks while it is under way: two at a time would each take half for done that the other does.
   */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #sweep(): Promise<void> {
    while (this.#isDue) {
      // What is marked while this goes on may come after the look: another one follows.
      this.#isDue = false;
      try {
        // A cache is no remnant: who is not here today comes back tomorrow.
        await this.#clean('remove', []);
      } catch (cause) {
        this.#isDue = true;
        this.#options.logger.warn('cannot clean up what earlier sandboxes left', { cause });
        return;
      }
    }
  }
}
