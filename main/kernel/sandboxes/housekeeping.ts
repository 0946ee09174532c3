import type { SessionId } from '../../../schema/entities.ts';
import type { LaunchPad } from './launch.ts';
import { type Leftover, findLeftovers, removeLeftovers } from './leftovers.ts';
import type { Profile } from './profiles.ts';

export interface HousekeepingOptions extends LaunchPad {
  /** Whose image and system calls a helper container uses. */
  readonly helper: () => Profile;
  readonly isSandboxKnown: (sandbox: string | undefined) => boolean;
  readonly isSessionKnown: (session: SessionId) => boolean;
  /** True while its sandbox may use its layer. */
  readonly isSessionAlive: (session: SessionId) => boolean;
}

/** Finds and removes what no session needs any more; remembers when that has to be tried again. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #isDue = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  /** `show` removes nothing. */
  async prune(mode: 'show' | 'remove'): Promise<readonly Leftover[]> {
    const { engine: access, ownership, helper } = this.#options;
    const engine = await access.get();
    const leftovers = await findLeftovers({ ...this.#options, engine, home: ownership.home });
    if (mode === 'remove') await removeLeftovers(leftovers, this.#options, helper());
    return leftovers;
  }

  /** Something may be left that could not be removed: the next sweep looks. */
  mark(): void {
    this.#isDue = true;
  }

  /** Removes what an earlier run, or a clean-up without an engine, left behind; does nothing where nothing was marked. */
  async sweep(): Promise<void> {
    if (!this.#isDue) return;
    try {
      await this.prune('remove');
      this.#isDue = false;
    } catch (cause) {
      this.#options.logger.warn('cannot clean up what earlier sandboxes left', { cause });
    }
  }
}
