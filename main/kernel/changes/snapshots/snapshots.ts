import type { Snapshot } from '../../../../schema/contract/snapshot.ts';
import type { SessionId, SnapshotId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import { newId } from '../../../base/id.ts';
import type { SessionLayer } from '../../sandboxes/session-layer.ts';
import type { BaseRecords } from '../session/base-records.ts';
import type { BytePath } from '../files/byte-path.ts';
import type { ContentStores } from '../files/content-store.ts';
import type { FileState } from '../files/file-state.ts';
import { needingRoom } from '../files/full-disk.ts';
import type { SessionLayers } from '../session/session-view.ts';
import type { SessionViews, SnapshotLayers } from '../session/session-views.ts';

/** Port: copies of layers, in the folders of their sessions; they go when the session goes. */
export interface SnapshotStore {
  /** Copies what the layer holds now; gives the bytes it took. Whole or not at all. */
  keep(layer: SessionLayer, id: SnapshotId, describe: (sizeBytes: number) => Snapshot): Promise<Snapshot>;
  list(session: SessionId): Promise<readonly Snapshot[]>;
  remove(session: SessionId, id: SnapshotId): Promise<void>;
  /** The layer as it was kept, to be read. */
  layer(layer: SessionLayer, id: SnapshotId): SessionLayer;
  /** Makes the session's own layer what it was. Whatever happens, it is the old or the new one. No sandbox may have it mounted. */
  restore(layer: SessionLayer, id: SnapshotId): Promise<void>;
  /** Copies a kept layer to where another session will have its own. */
  seed(layer: SessionLayer, id: SnapshotId, session: SessionId): Promise<SessionLayer>;
  /** Ends what a crash interrupted. */
  recover(): Promise<void>;
}

export interface SnapshotsOptions {
  readonly store: SnapshotStore;
  readonly layers: SessionLayers;
  readonly bases: BaseRecords;
  readonly contents: ContentStores;
  readonly now: () => number;
}

/** States of sessions that are kept under a name, restored, and branched into other sessions. */
export class Snapshots implements SnapshotLayers {
  readonly #options: SnapshotsOptions;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /** Throws `not_found`, `disk_full`. */
  async create(views: SessionViews, session: SessionId, name: string): Promise<Snapshot> {
    const { layers, store, now } = this.#options;
    return views.alone(session, async () => {
      const layer = await layers.layer(session);
      const id = newId<SnapshotId>();
      const { workspace } = layer;
      const running = layers.isRunning(session);
      return roomOr(`Cannot keep "${name}"`, () =>
        store.keep(layer, id, (sizeBytes) => ({ id, session, name, workspace, at: now(), sizeBytes, running })),
      );
    });
  }

  /** The newest first. */
  async list(session: SessionId): Promise<Snapshot[]> {
    return [...(await this.#options.store.list(session))].sort((a, b) => b.at - a.at);
  }

  /** Throws `not_found`. */
  async get(session: SessionId, id: SnapshotId): Promise<Snapshot> {
    const found = (await this.#options.store.list(session)).find((snapshot) => snapshot.id === id);
    if (found) return found;
    throw new Fault('not_found', `Cannot find snapshot "${id}": session "${session}" has none of that id`, {
      fix: `List them: cavern snapshot list ${session}`,
    });
  }

  /** Throws `not_found`, `session_running`, `disk_full`; the layer is then what it was. */
  async restore(views: SessionViews, session: SessionId, id: SnapshotId): Promise<Snapshot> {
    const { layers, store } = this.#options;
    const snapshot = await this.get(session, id);
    return views.alone(session, async () => {
      if (layers.isRunning(session)) {
        throw new Fault('session_running', `Cannot restore "${snapshot.name}": session "${session}" is running`, {
          why: 'What a running sandbox sees must not be exchanged under it.',
          fix: 'Stop the session, restore, and resume it; or branch the snapshot into a second session.',
        });
      }
      const layer = await layers.layer(session);
      await roomOr(`Cannot restore "${snapshot.name}"`, () => store.restore(layer, id));
      views.reset(session);
      return snapshot;
    });
  }

  /** Throws `not_found`. */
  async remove(session: SessionId, id: SnapshotId): Promise<void> {
    await this.get(session, id);
    await this.#options.store.remove(session, id);
  }

  /** Throws `not_found`. */
  async layer(session: SessionId, id: SnapshotId): Promise<{ layer: SessionLayer; bases: BaseRecords }> {
    await this.get(session, id);
    const { layers, store, bases } = this.#options;
    // Judged against what the session's own changes are; looking at a snapshot writes nothing down.
    const read: BaseRecords = {
      load: (of) => bases.load(of),
      append: async () => undefined,
      sync: async () => undefined,
    };
    return { layer: store.layer(await layers.layer(session), id), bases: read };
  }

  /** Gives a session that has nothing yet the layer of a snapshot, with what its changes are judged against. */
  async seed(
    from: { readonly session: SessionId; readonly snapshot: SnapshotId },
    to: SessionId,
  ): Promise<SessionLayer> {
    const { layers, store, bases } = this.#options;
    await this.get(from.session, from.snapshot);
    const former = await layers.layer(from.session);
    const layer = await roomOr(`Cannot branch "${from.snapshot}"`, () => store.seed(former, from.snapshot, to));
    await roomOr(`Cannot branch "${from.snapshot}"`, async () => {
      const known = await bases.load(from.session);
      await this.#copyContents(from.session, to, known);
      await bases.append(to, known);
    });
    return layer;
  }

  async recover(): Promise<void> {
    await this.#options.store.recover();
  }

  async #copyContents(from: SessionId, to: SessionId, known: ReadonlyMap<BytePath, FileState>): Promise<void> {
    const [old, fresh] = [this.#options.contents.of(from), this.#options.contents.of(to)];
    for (const state of known.values()) {
      if (state.type === 'file' && (await old.has(state.sha256))) await fresh.put(await old.get(state.sha256));
    }
    await fresh.sync();
  }
}

function roomOr<T>(action: string, work: () => Promise<T>): Promise<T> {
  const fix = 'Make room on the disk, or remove snapshots that are not needed.';
  return needingRoom({ action, why: 'Nothing was changed.', fix }, work);
}
