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

export type ChangesStore = ReturnType<typeof createChangesStore>;

/** What one session changed, which of it is chosen, and what is shown of it. */
export function createChangesStore({ client, session, onFailure }: ChangesStoreOptions) {
  const store = createStore<ChangesState>(() => ({
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
  let loadAgain = false;

  const show = async (path: string): Promise<void> => {
    store.setState({ shown: path, diffFailure: undefined });
    try {
      const diff = await client.changes.diff({ session, path });
      if (store.getState().shown === path) store.setState({ diff });
    } catch (thrown) {
      if (store.getState().shown === path) store.setState({ diff: undefined, diffFailure: failureOf(thrown) });
    }
  };

  const receive = (changes: readonly Change[]): void => {
    const { selected, shown, diff, changes: former } = store.getState();
    const paths = new Set(changes.map((change) => change.path));
    const isShown = shown !== undefined && paths.has(shown);
    store.setState({
      changes,
      failure: undefined,
      selected: new Set([...selected].filter((path) => paths.has(path))),
      ...(isShown ? {} : { shown: undefined, diff: undefined, diffFailure: undefined }),
    });
    const stamp = (list: readonly Change[] | undefined): string => stampOf(list?.find((one) => one.path === shown));
    if (isShown && (diff === undefined || stamp(changes) !== stamp(former))) void show(shown);
  };

  const load = async (): Promise<void> => {
    if (store.getState().loading) {
      loadAgain = true;
      return;
    }
    store.setState({ loading: true });
    try {
      do {
        loadAgain = false;
        receive((await client.changes.list({ session })).changes);
      } while (loadAgain);
    } catch (thrown) {
      store.setState({ failure: failureOf(thrown) });
    } finally {
      store.setState({ loading: false });
    }
  };

  /** Does one thing at a time and reads the list again afterwards. */
  const act = async (busy: 'merge' | 'discard' | 'undo', work: () => Promise<void>): Promise<void> => {
    if (store.getState().busy !== undefined) return;
    store.setState({ busy, outcome: undefined });
    try {
      await work();
    } catch (thrown) {
      onFailure(thrown);
    } finally {
      store.setState({ busy: undefined });
    }
    await load();
  };

  return {
    store,
    load,
    show,
    setFilter: (filter: string): void => store.setState({ filter }),
    select(paths: readonly string[], choice: 'add' | 'remove'): void {
      const selected = new Set(store.getState().selected);
      for (const path of paths) {
        if (choice === 'add') selected.add(path);
        else selected.delete(path);
      }
      store.setState({ selected });
    },
    dismissOutcome: (): void => store.setState({ outcome: undefined }),
    /** Without paths: all but what is ignored or looks secret. */
    merge: (paths?: readonly string[]): Promise<void> =>
      act('merge', async () => {
        const report = await client.merge.apply({ session, ...(paths === undefined ? {} : { paths: [...paths] }) });
        store.setState({ outcome: { of: 'merge', ...report } });
      }),
    undo: (): Promise<void> =>
      act('undo', async () => {
        const { restored, refused } = await client.merge.undo({ session });
        store.setState({ outcome: { of: 'undo', merged: restored, conflicts: [], left: [], refused } });
      }),
    discard: (paths?: readonly string[]): Promise<void> =>
      act('discard', async () => {
        await client.changes.discard({ session, ...(paths === undefined ? {} : { paths: [...paths] }) });
      }),
    async patch(): Promise<string | undefined> {
      const { selected } = store.getState();
      try {
        const paths = selected.size === 0 ? {} : { paths: [...selected] };
        return (await client.changes.export({ session, ...paths })).patch;
      } catch (thrown) {
        onFailure(thrown);
        return undefined;
      }
    },
  };
}

function stampOf(change: Change | undefined): string {
  return change === undefined ? '' : `${change.kind} ${change.sha256} ${change.mode} ${change.conflict}`;
}
