import type { PluginCapability } from '../../../schema/plugin-manifest.ts';
import type { SandboxGrants } from '../sandboxes/plugins/plugin-place.ts';

const ALL = '**';

/**
 * What a plugin's own sandbox is made of, by its manifest. A mount knows no globs: whoever may read or change a part of the workspace has
 * that part through calls, which are held against the globs, and sees nothing of the workspace by itself.
 */
export function sandboxGrants(capabilities: readonly PluginCapability[]): SandboxGrants {
  const mayAll = (name: PluginCapability['name']): boolean =>
    capabilities.some((capability) => capability.name === name && capability.paths?.includes(ALL));
  const sees = mayAll('workspace.read');
  return {
    hosts: capabilities.flatMap(({ name, hosts = [] }) => (name === 'network.connect' ? hosts : [])),
    workspace: !sees ? 'none' : mayAll('workspace.write') ? 'write' : 'read',
    operator: capabilities.some(({ name }) => name === 'operator.identity') ? 'told' : 'untold',
  };
}
