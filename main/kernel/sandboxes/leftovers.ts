import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import { toFault } from '../../../schema/fault.ts';
import { newId } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { PackageCaches } from './caches/package-caches.ts';
import { LABELS, type Ownership, removalSpec, sandboxLabels } from './container-spec.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import type { EngineAccess } from './engine-access.ts';
import type { InUse } from './in-use.ts';
import type { Profile } from './profiles.ts';
import type { SocketFolders } from './sandbox-store.ts';
import type { WorkspaceLayers } from './session-layer.ts';
import { teardown } from './teardown.ts';

/** Something of an earlier run that no session needs. */
export interface Leftover {
  readonly kind: 'container' | 'volume' | 'mount' | 'layer' | 'socket' | 'cache' | 'image';
  readonly name: string;
  readonly sizeBytes: number;
  /** The folder that it belongs to, where that says more than its name. */
  readonly about?: string;
}

export interface LeftoverSearch {
  readonly engine: ContainerRuntime;
  readonly layers: WorkspaceLayers;
  readonly sockets: SocketFolders;
  /** The label of this home. */
  readonly home: string;
  readonly isSandboxKnown: (sandbox: string | undefined) => boolean;
  readonly isSessionKnown: (session: SessionId) => boolean;
  /** True while its sandbox may use its layer. */
  readonly isSessionAlive: (session: SessionId) => boolean;
}

/** Finds containers, volumes, layers and folders that nobody needs, in the order in which they can be removed. */
export async function findLeftovers(search: LeftoverSearch): Promise<readonly Leftover[]> {
  const labels = { [LABELS.home]: search.home };
  const [containers, volumes, sockets, sessions, mounted] = await Promise.all([
    search.engine.list(labels),
    search.engine.volumes.list(labels),
    search.sockets.list(),
    search.layers.list(),
    search.layers.mounted(),
  ]);
  // Asked only now: what was being started while the lists were made is known by this time.
  const isLost = (entry: { readonly labels: Readonly<Record<string, string>> }): boolean =>
    !search.isSandboxKnown(entry.labels[LABELS.sandbox]);
  const lostSessions = sessions.filter((session) => !search.isSessionKnown(session));
  const sizes = await Promise.all(lostSessions.map((session) => search.layers.usedBytes(session)));
  return [
    ...containers.filter(isLost).map(({ id }) => ({ kind: 'container' as const, name: id, sizeBytes: 0 })),
    ...volumes.filter(isLost).map(({ name }) => ({ kind: 'volume' as const, name, sizeBytes: 0 })),
    ...mounted
      .filter((session) => !search.isSessionAlive(session))
      .map((name) => ({ kind: 'mount' as const, name, sizeBytes: 0 })),
    ...lostSessions.map((name, index) => ({ kind: 'layer' as const, name, sizeBytes: sizes[index] ?? 0 })),
    ...sockets
      .filter((name) => !search.isSandboxKnown(name))
      .map((name) => ({ kind: 'socket' as const, name, sizeBytes: 0 })),
  ];
}

export interface RemovalParts {
  readonly engine: EngineAccess;
  readonly layers: WorkspaceLayers;
  readonly sockets: SocketFolders;
  readonly caches: PackageCaches;
  readonly ownership: Ownership;
  readonly inUse: InUse;
  readonly logger: Logger;
}

/** Removes them; what cannot be removed now is found again the next time. */
export async function removeLeftovers(
  leftovers: readonly Leftover[],
  parts: RemovalParts,
  helper: Profile,
): Promise<void> {
  const engine = await parts.engine.get();
  const removal = ({ kind, name }: Leftover): Promise<unknown> => {
    switch (kind) {
      case 'container':
        return engine.remove(name);
      case 'volume':
        return engine.volumes.remove(name);
      case 'mount':
        // The folder's name is the id that this home gave to the session.
        return parts.layers.release(name as SessionId);
      case 'layer':
        // The same.
        return removeSessionLayer(parts, name as SessionId, helper);
      case 'socket':
        return parts.sockets.remove(name);
      case 'cache':
        return parts.caches.remove(name);
      case 'image':
        return engine.images.remove(name);
    }
  };
  await teardown(
    leftovers.map((leftover) => ({ name: `${leftover.kind} ${leftover.name}`, run: () => removal(leftover) })),
    parts.logger,
  );
}

const LAYER_PARTS = ['work', 'upper', 'mask', 'copy'];

/** Removes a session's folder. Where files of root are in the way of an ordinary user, a container with that one right removes them. */
export async function removeSessionLayer(parts: RemovalParts, session: SessionId, helper: Profile): Promise<void> {
  if ((await parts.layers.remove(session)) === 'removed') return;
  const refusal = await removeAsRoot(parts, session, helper).catch((thrown: unknown) => toFault(thrown));
  // What was in the way may be gone whether the container could start or not.
  if ((await parts.layers.remove(session)) === 'removed') return;
  if (refusal) throw refusal;
  throw new Error(
    `Cannot remove the layer of session "${session}": files are in the way that even root may not remove`,
  );
}

async function removeAsRoot(parts: RemovalParts, session: SessionId, helper: Profile): Promise<void> {
  const { layers, ownership, inUse } = parts;
  const engine = await parts.engine.get();
  const sandbox = newId<SandboxId>();
  using _held = inUse.hold(sandbox);
  const id = await engine.create(
    removalSpec({
      name: `cavern-remove-${sandbox}`,
      image: helper.image,
      folder: layers.folders(session).root,
      names: LAYER_PARTS,
      labels: sandboxLabels({ sandbox, session, ownership }),
      seccomp: helper.seccomp,
    }),
  );
  try {
    await engine.start(id);
    await engine.wait(id);
  } finally {
    await engine.remove(id);
  }
}
