import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Snapshot } from '../../../schema/contract/snapshot.ts';
import type { SessionId, SnapshotId } from '../../../schema/entities.ts';
import type { SnapshotStore } from '../../kernel/changes/snapshots/snapshots.ts';
import type { SessionLayer } from '../../kernel/sandboxes/session-layer.ts';
import { syncFolder } from '../workspace-files/records/appended-lines.ts';
import { removeTree } from '../workspace-layer/remove-tree.ts';
import { copyLayer } from './copy-layer.ts';
import { endExchange, exchange } from './exchange.ts';

/** While it is not whole, a copy has this end to its name. */
const PARTIAL = '.partial';
const DESCRIPTION = 'snapshot.json';

/** Snapshots in the folders of their sessions: `sessions/<id>/snapshots/<snapshot>/{layer,snapshot.json}`. */
export class DiskSnapshots implements SnapshotStore {
  readonly #sessions: string;

  /** @param sessions the folder that holds the sessions' folders */
  constructor(sessions: string) {
    this.#sessions = sessions;
  }

  async keep(layer: SessionLayer, id: SnapshotId, describe: (sizeBytes: number) => Snapshot): Promise<Snapshot> {
    const folder = this.#folder(layer.session, id);
    const partial = `${folder}${PARTIAL}`;
    mkdirSync(partial, { recursive: true, mode: 0o700 });
    try {
      const snapshot = describe(await copyInto(layer.upper, join(partial, 'layer')));
      writeFileSync(join(partial, DESCRIPTION), JSON.stringify(snapshot), { flush: true });
      renameSync(partial, folder);
      syncFolder(dirname(folder));
      return snapshot;
    } catch (error) {
      await removeTree(partial);
      throw error;
    }
  }

  async list(session: SessionId): Promise<readonly Snapshot[]> {
    const folder = this.#all(session);
    if (!existsSync(folder)) return [];
    return readdirSync(folder).flatMap((name): Snapshot[] => {
      const description = join(folder, name, DESCRIPTION);
      if (name.endsWith(PARTIAL) || !existsSync(description)) return [];
      return [JSON.parse(readFileSync(description, 'utf8')) as Snapshot]; // written by `keep`
    });
  }

  async remove(session: SessionId, id: SnapshotId): Promise<void> {
    const folder = this.#folder(session, id);
    // Out of the list first: half of it is none.
    renameSync(folder, `${folder}${PARTIAL}`);
    await removeTree(`${folder}${PARTIAL}`);
  }

  layer(layer: SessionLayer, id: SnapshotId): SessionLayer {
    return { ...layer, upper: join(this.#folder(layer.session, id), 'layer') };
  }

  async restore(layer: SessionLayer, id: SnapshotId): Promise<void> {
    const fresh = `${layer.upper}${PARTIAL}`;
    await removeTree(fresh);
    try {
      await copyInto(this.layer(layer, id).upper, fresh);
      exchange(fresh, layer.upper);
      syncFolder(dirname(layer.upper));
    } finally {
      await removeTree(fresh);
    }
  }

  async seed(layer: SessionLayer, id: SnapshotId, session: SessionId): Promise<SessionLayer> {
    const root = join(this.#sessions, session);
    mkdirSync(root, { recursive: true, mode: 0o711 });
    const upper = join(root, layer.strategy === 'overlay' ? 'upper' : 'copy');
    await copyInto(this.layer(layer, id).upper, upper);
    return { ...layer, session, upper, mask: join(root, 'mask') };
  }

  async recover(): Promise<void> {
    if (!existsSync(this.#sessions)) return;
    for (const session of readdirSync(this.#sessions)) {
      const root = join(this.#sessions, session);
      for (const name of ['upper', 'copy']) endExchange(join(root, name));
      for (const folder of [root, join(root, 'snapshots')]) {
        if (!existsSync(folder) || !lstatSync(folder).isDirectory()) continue;
        const partial = readdirSync(folder).filter((name) => name.endsWith(PARTIAL));
        for (const name of partial) await removeTree(join(folder, name));
      }
    }
  }

  #all(session: SessionId): string {
    return join(this.#sessions, session, 'snapshots');
  }

  #folder(session: SessionId, id: SnapshotId): string {
    return join(this.#all(session), id);
  }
}

/** A new folder that looks like the one it is a copy of. */
async function copyInto(from: string, to: string): Promise<number> {
  mkdirSync(to, { mode: 0o700 });
  const bytes = await copyLayer(from, to);
  const stats = lstatSync(from);
  if (process.getuid?.() === 0) await chown(to, stats.uid, stats.gid);
  await chmod(to, stats.mode & 0o7777);
  return bytes;
}
