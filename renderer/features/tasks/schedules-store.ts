import { createStore } from 'zustand/vanilla';
import type { Schedule, ScheduleRequest, ScheduleRun } from '../../../schema/contract/schedule.ts';
import type { ScheduleId } from '../../../schema/entities.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

interface SchedulesState {
  readonly schedules: readonly Schedule[];
  readonly loaded: boolean;
  readonly shown: ScheduleId | undefined;
  /** Of the one that is shown. */
  readonly runs: readonly ScheduleRun[];
}

export interface SchedulesStoreOptions {
  readonly client: Pick<KernelClient, 'schedule'>;
  readonly onFailure: (thrown: unknown) => void;
}

/** The schedules and what became of their times; read anew after every act and while somebody looks. */
export class SchedulesStore {
  readonly store = createStore<SchedulesState>(() => ({ schedules: [], loaded: false, shown: undefined, runs: [] }));
  readonly #options: SchedulesStoreOptions;

  constructor(options: SchedulesStoreOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    await this.#attempt(async () => {
      const { schedules } = await this.#options.client.schedule.list({});
      this.store.setState({ schedules, loaded: true });
    });
    await this.#loadRuns();
  }

  async show(shown: ScheduleId | undefined): Promise<void> {
    this.store.setState({ shown, runs: [] });
    await this.#loadRuns();
  }

  /** @throws what the kernel refuses, for the form to show. */
  async save(request: ScheduleRequest, former: ScheduleId | undefined): Promise<void> {
    const { schedule } = this.#options.client;
    if (former === undefined) await schedule.add(request);
    else await schedule.edit({ schedule: former, change: request });
    await this.load();
  }

  async act(act: 'pause' | 'resume' | 'run' | 'remove', schedule: ScheduleId): Promise<void> {
    await this.#attempt(() => this.#options.client.schedule[act]({ schedule }));
    await this.load();
  }

  async #loadRuns(): Promise<void> {
    const { shown } = this.store.getState();
    if (shown === undefined) return;
    await this.#attempt(async () => {
      const { runs } = await this.#options.client.schedule.history({ schedule: shown });
      if (this.store.getState().shown === shown) this.store.setState({ runs });
    });
  }

  async #attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }
}
