import { createStore } from 'zustand/vanilla';
import type { DiffSide, MergeReport } from '../../../schema/contract/changes.ts';
import type { Change, Failure, SessionId } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

export interface Diff {
  readonly change: Change;
  readonly before: DiffSide;
  readonly after: DiffSide;
  readonly current?: DiffSide;
}

/** What a merge, or taking one back, came to. */
export interface Outcome {
  readonly of: 'merge' | 'undo';
  readonly merged: readonly string[];
  readonly conflicts: readonly string[];
  readonly left: readonly string[];
  readonly refused: MergeReport['refused'];
}

interface ChangesState {
  readonly changes: readonly Change[] | undefined;
  readonly loading: boolean;
  readonly failure: Failure | undefined;
  readonly filter: string;
  readonly selected: ReadonlySet<string>;
  readonly shown: string | undefined;
  readonly diff: Diff | undefined;
  readonly diffFailure: Failure | undefined;
  readonly busy: 'merge' | 'discard' | 'undo' | undefined;
  readonly outcome: Outcome | undefined;
}

export interface ChangesStoreOptions {
  readonly client: Pick<KernelClient, 'changes' | 'merge'>;
  readonly session: SessionId;
  readonly onFailure: (thrown: unknown) => void;
}

/** What one session changed, which of it is chosen, and what is shown of it. */
export class ChangesStore {
  readonly store = createStore<ChangesState>(() => ({
    changes: undefined,
    loading: false,
    failure: undefined,
    filter: '',
    selected: new Set(),
    shown: undefined,
    diff: undefined,
    diffFailure: undefined,
    busy: undefined,
    outcome: undefined,
  }));
  readonly #options: ChangesStoreOptions;
  #loadAgain = false;

  constructor(options: ChangesStoreOptions) {
    this.#options = options;
  }

  /** Reads the list; asked again meanwhile, once more afterwards. */
  async load(): Promise<void> {
    const { client, session } = this.#options;
    this.#loadAgain = true;
    if (this.store.getState().loading) return;
    this.store.setState({ loading: true });
    try {
      while (this.#loadAgain) {
        this.#loadAgain = false;
        this.#receive((await client.changes.list({ session })).changes);
      }
    } catch (thrown) {
      this.store.setState({ failure: failureOf(thrown) });
    } finally {
      this.store.setState({ loading: false });
    }
  }

  async show(path: string): Promise<void> {
    const { client, session } = this.#options;
    const isShown = (): boolean => this.store.getState().shown === path;
    this.store.setState({ shown: path, diffFailure: undefined });
    try {
      const diff = await client.changes.diff({ session, path });
      if (isShown()) this.store.setState({ diff });
    } catch (thrown) {
      if (isShown()) this.store.setState({ diff: undefined, diffFailure: failureOf(thrown) });
    }
  }

  setFilter(filter: string): void {
    this.store.setState({ filter });
  }

  select(paths: readonly string[], choice: 'add' | 'remove'): void {
    const selected = new Set(this.store.getState().selected);
    for (const path of paths) {
      if (choice === 'add') selected.add(path);
      else selected.delete(path);
    }
    this.store.setState({ selected });
  }

  dismissOutcome(): void {
    this.store.setState({ outcome: undefined });
  }

  /** Without paths: all but what is ignored or looks secret. */
  merge(paths?: readonly string[]): Promise<void> {
    return this.#act('merge', async ({ client, session }) => {
      const report = await client.merge.apply({ session, ...inputPaths(paths) });
      this.store.setState({ outcome: { of: 'merge', ...report } });
    });
  }

  undo(): Promise<void> {
    return this.#act('undo', async ({ client, session }) => {
      const { restored, refused } = await client.merge.undo({ session });
      this.store.setState({ outcome: { of: 'undo', merged: restored, conflicts: [], left: [], refused } });
    });
  }

  /** Without paths: everything. */
  discard(paths?: readonly string[]): Promise<void> {
    return this.#act('discard', async ({ client, session }) => {
      await client.changes.discard({ session, ...inputPaths(paths) });
    });
  }

  /** What is selected, or everything, as a patch; nothing where that failed. */
  async patch(): Promise<string | undefined> {
    const { client, session, onFailure } = this.#options;
    const { selected } = this.store.getState();
    try {
      const paths = selected.size === 0 ? undefined : [...selected];
      return (await client.changes.export({ session, ...inputPaths(paths) })).patch;
    } catch (thrown) {
      onFailure(thrown);
      return undefined;
    }
  }

  #receive(changes: readonly Change[]): void {
    const { selected, shown, diff, changes: former } = this.store.getState();
    const paths = new Set(changes.map((change) => change.path));
    const isShown = shown !== undefined && paths.has(shown);
    this.store.setState({
      changes,
      failure: undefined,
      selected: new Set([...selected].filter((path) => paths.has(path))),
      ...(isShown ? {} : { shown: undefined, diff: undefined, diffFailure: undefined }),
    });
    const stamp = (list: readonly Change[] | undefined): string => stampOf(list?.find((one) => one.path === shown));
    if (isShown && (diff === undefined || stamp(changes) !== stamp(former))) void this.show(shown);
  }

  /** Does one thing at a time and reads the list again afterwards. */
  async #act(busy: ChangesState['busy'], work: (options: ChangesStoreOptions) => Promise<void>): Promise<void> {
    if (this.store.getState().busy !== undefined) return;
    this.store.setState({ busy, outcome: undefined });
    try {
      await work(this.#options);
    } catch (thrown) {
      this.#options.onFailure(thrown);
    } finally {
      this.store.setState({ busy: undefined });
    }
    await this.load();
  }
}

function inputPaths(paths: readonly string[] | undefined): { paths?: string[] } {
  return paths === undefined ? {} : { paths: [...paths] };
}

function stampOf(change: Change | undefined): string {
  return change === undefined ? '' : `${change.kind} ${change.sha256} ${change.mode} ${change.conflict}`;
}
