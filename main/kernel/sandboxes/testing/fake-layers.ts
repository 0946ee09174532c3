import type { SessionId } from '../../../../schema/entities.ts';
import type {
  LayerFolders,
  LayerRequest,
  LayerStrategy,
  PreparedLayer,
  SessionLayer,
  WorkspaceLayers,
} from '../session-layer.ts';

/** Layers in memory. */
export class FakeLayers implements WorkspaceLayers {
  readonly made = new Set<SessionId>();
  readonly mounts = new Set<SessionId>();
  /** Those whose workspace has been copied, which takes a while. */
  readonly copied = new Set<SessionId>();
  strategy: LayerStrategy = 'overlay';
  used = 0;
  /** The workspace is another folder by now. */
  isReplaced = false;
  prepareFailure: Error | undefined;

  async checkWorkspace(path: string): Promise<string> {
    return path;
  }

  folders(session: SessionId): LayerFolders {
    const root = `/sessions/${session}`;
    const at = (name: string): string => `${root}/${name}`;
    return { root, upper: at('upper'), work: at('work'), mask: at('mask'), lower: at('lower'), copy: at('copy') };
  }

  async prepare({ session, workspace, former, nowMs, strategy }: LayerRequest): Promise<PreparedLayer> {
    if (this.prepareFailure) throw this.prepareFailure;
    this.made.add(session);
    this.mounts.add(session);
    const folders = this.folders(session);
    const chosen = strategy === 'copy' ? 'copy' : this.strategy;
    if (chosen === 'copy') {
      await new Promise((resolve) => setImmediate(resolve));
      this.copied.add(session);
    }
    const layer = {
      session,
      workspace,
      upper: chosen === 'copy' ? folders.copy : folders.upper,
      mask: folders.mask,
      maskedPaths: ['.env'],
      startedAtMs: former?.startedAtMs ?? nowMs,
      strategy: chosen,
    };
    return { layer, lower: [folders.mask, folders.lower], work: folders.work };
  }

  async renew(layer: SessionLayer, nowMs: number): Promise<SessionLayer | undefined> {
    return this.isReplaced ? undefined : { ...layer, startedAtMs: nowMs };
  }

  /** An engine gives the view to somebody else when it mounts it. */
  isGivenAway = false;

  async isWritable({ strategy }: SessionLayer): Promise<boolean> {
    return strategy === 'copy' || !this.isGivenAway;
  }

  /** What lies in every workspace and must not be seen. */
  secretFiles: readonly string[] = ['.env'];
  /** What sessions have made themselves. */
  readonly covered = new Set<string>();

  async secrets(): Promise<readonly Buffer[]> {
    return this.secretFiles.map((path) => Buffer.from(path));
  }

  async covers(_layer: SessionLayer, path: Buffer): Promise<boolean> {
    return this.covered.has(path.toString());
  }

  async release(session: SessionId): Promise<void> {
    this.mounts.delete(session);
  }

  /** Sessions with files of another user, which only a helper container removes. */
  readonly blocked = new Set<SessionId>();

  async remove(session: SessionId): Promise<'removed' | 'blocked'> {
    if (this.blocked.has(session)) return 'blocked';
    this.mounts.delete(session);
    this.made.delete(session);
    return 'removed';
  }

  async mounted(): Promise<readonly SessionId[]> {
    return [...this.mounts];
  }

  async list(): Promise<readonly SessionId[]> {
    return [...this.made];
  }

  async usedBytes(): Promise<number> {
    return this.used;
  }

  async probe() {
    return { strategy: this.strategy, about: this.strategy };
  }
}
