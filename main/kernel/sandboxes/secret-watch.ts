import type { SessionId } from '../../../schema/entities.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { AgentConnection } from './agent-port.ts';
import type { InFlight } from './in-flight.ts';
import { pause } from '../../base/pause.ts';
import type { SandboxRecords } from './sandbox-records.ts';
import type { SessionLayer, WorkspaceLayers } from './session-layer.ts';

export interface SecretWatchOptions {
  readonly layers: Pick<WorkspaceLayers, 'secrets' | 'covers'>;
  readonly records: SandboxRecords;
  /** The sandboxes that can be talked to. */
  readonly live: { readonly connections: () => Iterable<readonly [SessionId, AgentConnection]> };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly work: InFlight;
}

const SHORTEST_MS = 2_000;
/** At most this part of the time is spent on looking: a large folder is looked at less often. */
const SHARE = 50;
const ANSWER_LIMIT_MS = 5_000;

interface Seen {
  readonly session: SessionId;
  readonly connection: AgentConnection;
  readonly layer: SessionLayer;
}

/**
 * Hides secrets that come into a workspace while sandboxes see it. An overlay does not notice what its lower layers are given once it has
 * looked at them, so it is the agent that takes such a file out of the view: that leaves a whiteout in the session's own layer, and the
 * operator's file as it is. From then on the path is one of the layer's masked ones, which no merge deletes or replaces.
 */
export class SecretWatch implements Disposable {
  readonly #options: SecretWatchOptions;
  #stopping: AbortController | undefined;
  /** Masked paths that the view may still show. */
  readonly #shown = new Map<SessionId, Set<string>>();

  constructor(options: SecretWatchOptions) {
    this.#options = options;
  }

  /** From here on, for every sandbox that is live. Does nothing while it is on. */
  start(): void {
    if (this.#stopping) return;
    this.#stopping = new AbortController();
    void this.#follow(this.#stopping.signal);
  }

  /** A sandbox that an earlier kernel started: it may have ended between noting a path and hiding it. */
  recheck({ session, maskedPaths }: SessionLayer): void {
    this.#shown.set(session, new Set(maskedPaths));
  }

  [Symbol.dispose](): void {
    this.#stopping?.abort();
    this.#stopping = undefined;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { clock, work } = this.#options;
    for (let waitMs = 0; !signal.aborted; ) {
      // With the watches of what sandboxes write.
      await pause(clock, Math.max(SHORTEST_MS - (clock.now() % SHORTEST_MS), waitMs), signal);
      if (signal.aborted) return;
      const startedMs = performance.now();
      await work.track(this.#look(signal));
      waitMs = (performance.now() - startedMs) * SHARE;
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { live, records } = this.#options;
    const workspaces = new Map<string, Seen[]>();
    for (const [session, connection] of live.connections()) {
      const layer = records.get(session)?.layer;
      if (layer?.strategy !== 'overlay') continue;
      workspaces.set(layer.workspace, [...(workspaces.get(layer.workspace) ?? []), { session, connection, layer }]);
    }
    // All at once: what the system answers at the same time wakes the program once.
    await Promise.all([...workspaces].map(([workspace, seen]) => this.#lookIn(workspace, seen, signal)));
  }

  async #lookIn(workspace: string, seen: readonly Seen[], signal: AbortSignal): Promise<void> {
    const { layers, logger } = this.#options;
    try {
      const secrets = await layers.secrets(workspace, signal);
      for (const each of seen) await this.#hide(each, secrets);
    } catch (cause) {
      if (!signal.aborted) logger.warn('secrets that came into a workspace cannot be hidden', { workspace, cause });
    }
  }

  async #hide({ session, connection, layer }: Seen, secrets: readonly Buffer[]): Promise<void> {
    const { records, layers, logger } = this.#options;
    const known = new Set(layer.maskedPaths);
    const shown = this.#shown.get(session) ?? new Set<string>();
    const fresh = secrets.map((path) => path.toString()).filter((path) => !known.has(path));
    for (const path of fresh) shown.add(path);
    if (shown.size === 0) return;
    this.#shown.set(session, shown);
    const record = records.get(session);
    if (record?.layer === undefined) return;
    // Noted first: no merge may take the whiteout for something that the session did.
    if (fresh.length > 0) {
      const maskedPaths = [...record.layer.maskedPaths, ...fresh].sort();
      records.put({ ...record, layer: { ...record.layer, maskedPaths } });
      logger.info('secrets came into a workspace and are hidden', { session, paths: fresh });
    }
    const visible: Buffer[] = [];
    for (const path of secrets) {
      if (shown.has(path.toString()) && !(await layers.covers(layer, path))) visible.push(path);
    }
    if (visible.length > 0) {
      const paths = visible.map((path) => path.toString('base64'));
      await connection.request('workspace.hide', { paths }, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    }
    this.#shown.delete(session);
  }
}
