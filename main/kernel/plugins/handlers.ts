import type { Handlers } from '../../../schema/contract/contract.ts';
import type { plugin } from '../../../schema/contract/plugin.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { PluginRegistry } from './plugin-registry.ts';

export function pluginHandlers(registry: PluginRegistry): Handlers<typeof plugin, CallContext> {
  return {
    list: async () => ({ plugins: await registry.list() }),
    check: ({ dir }) => registry.check(dir),
  };
}
