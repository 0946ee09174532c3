import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import type { Logger } from '../../base/logger.ts';
import type { AgentEndpoint } from './agent-port.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import type { SocketFolders } from './sandbox-store.ts';
import type { WorkspaceLayers } from './session-layer.ts';
import { teardown } from './teardown.ts';

/** What a sandbox is made of; absent is what was not made. */
export interface SandboxParts {
  readonly sandbox: SandboxId;
  readonly session: SessionId;
  readonly engine?: ContainerRuntime | undefined;
  /** Its id, or its name. */
  readonly container?: string | undefined;
  readonly volume?: string | undefined;
  readonly endpoint?: AgentEndpoint | undefined;
}

export interface DismantlePorts {
  readonly layers: WorkspaceLayers;
  readonly sockets: SocketFolders;
  readonly logger: Logger;
}

/** Ends a sandbox and takes away everything but what its session wrote. Can be called again. */
export async function dismantle(parts: SandboxParts, { layers, sockets, logger }: DismantlePorts): Promise<void> {
  const { sandbox, session, engine, container, volume, endpoint } = parts;
  await teardown(
    [
      { name: 'container', run: async () => (container === undefined ? undefined : engine?.remove(container)) },
      { name: 'volume', run: async () => (volume === undefined ? undefined : engine?.volumes.remove(volume)) },
      { name: 'endpoint', run: async () => endpoint?.[Symbol.asyncDispose]() },
      { name: 'socket folder', run: () => sockets.remove(sandbox) },
      { name: 'mounts', run: () => layers.release(session) },
    ],
    logger,
  );
}
