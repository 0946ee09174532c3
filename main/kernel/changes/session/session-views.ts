import type { SessionId, SnapshotId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import { Broadcast } from '../../../base/broadcast.ts';
import type { SessionLayer } from '../../sandboxes/session-layer.ts';
import type { BaseRecords } from './base-records.ts';
import type { ChangeItem, ChangeSet } from '../listing/change-item.ts';
import { KeyedQueue } from '../keyed-queue.ts';
import {
  type SessionLayers,
  type SessionMemory,
  type SessionView,
  type SessionViewOptions,
  type SessionViewPorts,
  newMemory,
  openItemView,
  openSessionView,
} from './session-view.ts';

/** Port: a session's layer as a snapshot kept it, and what its changes were judged against then. */
export interface SnapshotLayers {
  /** Throws `not_found`. */
  layer(session: SessionId, snapshot: SnapshotId): Promise<{ layer: SessionLayer; bases: BaseRecords }>;
}

export interface SessionViewsOptions extends SessionViewPorts {
  readonly layers: SessionLayers;
  readonly snapshots?: SnapshotLayers;
}

/** Which state of which session. */
export interface ViewRequest {
  readonly session: SessionId;
  readonly snapshot?: SnapshotId | undefined;
  readonly signal: AbortSignal;
}

export type ViewWork<T> = (view: SessionView, memory: SessionMemory) => Promise<T>;

/** Opens sessions' change sets, one look at a session at a time, and remembers what was read. */
export class SessionViews {
  readonly #options: SessionViewsOptions;
  readonly #memories = new Map<string, SessionMemory>();
  readonly #queue = new KeyedQueue();
  readonly #read = new Broadcast<SessionId>();

  constructor(options: SessionViewsOptions) {
    this.#options = options;
  }

  /** Throws `not_found`, `workspace_invalid`, and `disk_full` where old contents are kept. */
  async run<T>(request: ViewRequest, work: ViewWork<T>, keep: SessionViewOptions['keep'] = 'old contents'): Promise<T> {
    const { session, snapshot, signal } = request;
    return this.#queue.run(keyOf(request), async () => {
      const memory = this.#memory(request);
      const { layer, bases } = await this.#layer(session, snapshot);
      using view = await openSessionView({ ...this.#options, bases }, layer, { memory, keep, signal });
      if (snapshot === undefined) this.#read.publish(session);
      return await work(view, memory);
    });
  }

  /** The files about one change that was listed before, without reading the others; undefined when it is not as it was. */
  async item<T>(
    request: ViewRequest,
    find: (set: ChangeSet) => ChangeItem | undefined,
    work: (view: SessionView, item: ChangeItem) => Promise<T>,
  ): Promise<T | undefined> {
    return this.#queue.run(keyOf(request), async () => {
      const memory = this.#memory(request);
      const item = memory.last && find(memory.last);
      if (item === undefined) return undefined;
      const { layer } = await this.#layer(request.session, request.snapshot);
      using view = await openItemView(this.#options, layer, { memory, item });
      return view && (await work(view, item));
    });
  }

  /** What needs the session to itself, but not its change set. */
  alone<T>(session: SessionId, work: (memory: SessionMemory) => Promise<T>): Promise<T> {
    return this.#queue.run(session, () => work(this.#memory({ session })));
  }

  /** The change set that was read last. */
  last(session: SessionId): ChangeSet | undefined {
    return this.#memories.get(session)?.last;
  }

  /** The sessions whose change set was just read. */
  reads(signal: AbortSignal): AsyncIterable<SessionId> {
    return this.#read.listen(signal);
  }

  /** Nothing that was read of it counts any more: its layer is another one. */
  reset(session: SessionId): void {
    for (const key of this.#memories.keys()) {
      if (key === session || key.startsWith(`${session}/`)) this.#memories.delete(key);
    }
  }

  #memory(request: Omit<ViewRequest, 'signal'>): SessionMemory {
    const key = keyOf(request);
    const memory = this.#memories.get(key) ?? newMemory();
    this.#memories.set(key, memory);
    return memory;
  }

  async #layer(session: SessionId, snapshot: SnapshotId | undefined) {
    const { layers, snapshots, bases } = this.#options;
    if (snapshot === undefined) return { layer: await layers.layer(session), bases };
    if (snapshots) return snapshots.layer(session, snapshot);
    throw new Fault('not_found', `Cannot find snapshot "${snapshot}" of session "${session}"`);
  }
}

/** A session's id holds no slash. */
function keyOf({ session, snapshot }: Omit<ViewRequest, 'signal'>): string {
  return snapshot === undefined ? session : `${session}/${snapshot}`;
}
