import type { FastifyInstance } from 'fastify';
import { createChannelPair } from '../../schema/client/channel-pair.ts';
import { createClient } from '../../schema/client/client.ts';
import { areas } from '../../schema/contract/areas.ts';
import { systemClock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Kernel } from '../compose.ts';
import { serveChannel } from '../kernel/dispatch/serve-channel.ts';
import type { AuthenticatedKey } from '../kernel/keys/authentication.ts';

/** Adds the Model Context Protocol to the gateway; each key is a caller of its own. The code of it is loaded with the gateway. */
export function mcpMount(
  { dispatch, authentication }: Pick<Kernel, 'dispatch' | 'authentication'>,
  { version, logger }: { readonly version: string; readonly logger: Logger },
): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    const { McpEndpoints } = await import('../hosts/mcp/endpoints.ts');
    const { kernelSurface } = await import('../hosts/mcp/kernel-surface.ts');
    const { keyPlace } = await import('../hosts/mcp/key-place.ts');
    const { mountMcp } = await import('../hosts/mcp/mount.ts');
    const parts = { clock: systemClock, logger };
    const surfaceOf = ({ caller, scope }: AuthenticatedKey) => {
      const [near, far] = createChannelPair();
      serveChannel({ dispatch, channel: far, caller });
      const client = createClient(areas, near);
      // What the policy wants a person to look at waits for the operator, not for the bearer of a key.
      return kernelSurface({ ...parts, client, place: keyPlace({ client, scope }), questions: 'window' });
    };
    const onEnd = ({ id }: AuthenticatedKey, ended: () => void): Disposable => authentication.onEnd(id, ended);
    mountMcp(app, new McpEndpoints({ ...parts, surfaceOf, onEnd, version }));
  };
}
