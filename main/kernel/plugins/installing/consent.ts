import { isDeepStrictEqual } from 'node:util';
import type { PluginCapability } from '../../../../schema/plugin-manifest.ts';

/** What each capability means to whoever has to agree to it; `where` is where it ends. */
const SENTENCES: Readonly<Record<PluginCapability['name'], (where: string) => string>> = {
  'workspace.read': (where) => `It may read ${where}.`,
  'workspace.write': (where) => `It may change ${where}, in the session's copy; your folder changes when you merge.`,
  'process.run': () => 'It may run commands, inside of the sandbox.',
  'network.connect': (where) => `It may ask for connections to ${where}.`,
  'operator.identity': () => 'It is told your name and e-mail address, as git has them.',
};

interface Atom {
  readonly key: string;
  readonly capability: PluginCapability;
}

/** A capability with many globs is as many things to agree to. */
function atoms(capabilities: readonly PluginCapability[]): Atom[] {
  return capabilities.flatMap(({ name, paths = [], hosts = [] }) => [
    ...(paths.length + hosts.length === 0 ? [{ key: name, capability: { name } }] : []),
    ...paths.map((path) => ({ key: `${name} path ${path}`, capability: { name, paths: [path] } })),
    ...hosts.map((host) => ({ key: `${name} host ${host}`, capability: { name, hosts: [host] } })),
  ]);
}

/** What `wanted` asks for beyond what was agreed to, in as few capabilities as there are names. Whoever may do it everywhere may do it in one place. */
export function addedCapabilities(
  agreed: readonly PluginCapability[],
  wanted: readonly PluginCapability[],
): PluginCapability[] {
  const known = new Set(atoms(agreed).map(({ key }) => key));
  const added = new Map<PluginCapability['name'], { paths: string[]; hosts: string[] }>();
  for (const { key, capability } of atoms(wanted)) {
    const isEverywhere = capability.paths !== undefined && known.has(`${capability.name} path **`);
    if (known.has(key) || isEverywhere) continue;
    const one = added.get(capability.name) ?? { paths: [], hosts: [] };
    one.paths.push(...(capability.paths ?? []));
    one.hosts.push(...(capability.hosts ?? []));
    added.set(capability.name, one);
  }
  return [...added].map(([name, { paths, hosts }]) => ({
    name,
    ...(paths.length === 0 ? {} : { paths }),
    ...(hosts.length === 0 ? {} : { hosts }),
  }));
}

/** What `wanted` asks for of what was agreed to. */
export function keptCapabilities(
  agreed: readonly PluginCapability[],
  wanted: readonly PluginCapability[],
): PluginCapability[] {
  return addedCapabilities(addedCapabilities(agreed, wanted), wanted);
}

/** The same things to agree to, in whatever order. */
export function sameCapabilities(a: readonly PluginCapability[], b: readonly PluginCapability[]): boolean {
  const keys = (capabilities: readonly PluginCapability[]) => new Set(atoms(capabilities).map(({ key }) => key));
  return isDeepStrictEqual(keys(a), keys(b));
}

/** What a plugin may ask for, a sentence each. The policy decides each call all the same. */
export function consentSentences(capabilities: readonly PluginCapability[]): string[] {
  return capabilities.map(({ name, paths = [], hosts = [] }) => {
    const files = paths.includes('**') ? 'every file of the workspace' : `the workspace's files ${paths.join(', ')}`;
    const where = name === 'network.connect' ? `the hosts ${hosts.join(', ')}` : files;
    return SENTENCES[name](paths.length + hosts.length === 0 ? 'nothing, as it names no place' : where);
  });
}
