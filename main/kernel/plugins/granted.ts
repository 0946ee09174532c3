import type { Tool } from '../../../schema/entities.ts';
import type { PluginCapability } from '../../../schema/plugin-manifest.ts';
import type { Subject } from '../dispatch/ports.ts';
import { compileGlob, type Glob, GlobError } from '../policy/glob.ts';
import { normaliseWorkspacePath } from '../policy/workspace-path.ts';

type Effect = Tool['effects'][number];

/** What a tool does to the world, and what whoever asks for it must have been granted. */
const NEEDED: Readonly<Record<Effect, PluginCapability['name']>> = {
  read: 'workspace.read',
  write: 'workspace.write',
  network: 'network.connect',
};

const compiled = new WeakMap<PluginCapability, readonly Glob[]>();

/** A glob that cannot be used covers nothing. */
function globOf(source: string): Glob[] {
  try {
    return [compileGlob(source)];
  } catch (thrown) {
    if (thrown instanceof GlobError) return [];
    throw thrown;
  }
}

/** A capability without globs covers no path: a manifest says where. A call without a path is about the whole workspace. */
function covers(capability: PluginCapability, path = ''): boolean {
  const globs = compiled.get(capability) ?? (capability.paths ?? []).flatMap(globOf);
  compiled.set(capability, globs);
  const normal = normaliseWorkspacePath(path);
  return normal !== undefined && globs.some((glob) => glob.matches(normal));
}

function beyond(granted: readonly PluginCapability[], { path, resolvedPath }: Subject): boolean {
  return [path, resolvedPath ?? path].some((each) => !granted.some((capability) => covers(capability, each)));
}

/** Why a manifest does not let its plugin ask for a call of a tool; undefined where it does. The policy has still to be asked. */
export function ungranted(
  capabilities: readonly PluginCapability[],
  effects: readonly Effect[],
  subjects: readonly Subject[],
): string | undefined {
  for (const effect of effects) {
    const granted = capabilities.filter(({ name }) => name === NEEDED[effect]);
    if (granted.length === 0) return `its manifest does not list ${NEEDED[effect]}`;
    if (effect !== 'network' && subjects.some((subject) => beyond(granted, subject))) {
      return `its manifest lists ${NEEDED[effect]} for other paths`;
    }
  }
  return undefined;
}
