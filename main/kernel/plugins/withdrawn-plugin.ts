import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Logger } from '../../base/logger.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';

export interface WithdrawnPlugin {
  readonly plugin: string;
  /** Inside of a sandbox. */
  readonly entry: string;
}

export interface PluginSandboxes {
  list(): readonly { readonly session: SessionId }[];
  /** Throws `session_not_running`. */
  connection(session: SessionId): Pick<AgentConnection, 'request'>;
}

/** Ends what runs of a plugin that is not offered any more, in every sandbox; calls under way fail with it. */
export function endWithdrawn(sandboxes: PluginSandboxes, logger: Logger): (withdrawn: WithdrawnPlugin) => void {
  const end = async (session: SessionId, withdrawn: WithdrawnPlugin): Promise<void> => {
    try {
      await sandboxes.connection(session).request('plugin.end', { ...withdrawn });
    } catch (cause) {
      // A sandbox that has ended has ended its plugins.
      const isGone = cause instanceof Fault && ['session_not_running', 'disconnected'].includes(cause.code);
      if (!isGone) logger.warn('a plugin could not be ended', { session, ...withdrawn, cause });
    }
  };
  return (withdrawn) => {
    for (const { session } of sandboxes.list()) void end(session, withdrawn);
  };
}
