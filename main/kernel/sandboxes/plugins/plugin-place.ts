import type { SessionId } from '../../../../schema/entities.ts';
import { INSIDE, LABELS } from '../container-spec.ts';

/** A plugin in a session, and what its manifest says of the sandbox that it wants. */
export interface PluginPlace {
  readonly session: SessionId;
  readonly plugin: string;
  /** Inside of a sandbox. Its folder is named by the digest of the package, so that another version is at another place. */
  readonly entry: string;
  readonly profile: string;
  /** The policy's groups of hosts that it may ask for; empty: no network. */
  readonly hosts: readonly string[];
}

export function placeKey({ session, entry }: Pick<PluginPlace, 'session' | 'entry'>): string {
  return `${session}\0${entry}`;
}

/** The folder of the package, below that of all that is installed. */
export function packageFolder({ entry }: Pick<PluginPlace, 'entry'>): string {
  return entry.slice(INSIDE.installed.length + 1).split('/')[0] ?? '';
}

/** What is written on the container, so that the next kernel knows whose it is. */
export function placeLabels({ plugin, entry, hosts }: PluginPlace): Record<string, string> {
  return { [LABELS.plugin]: plugin, [LABELS.entry]: entry, [LABELS.hosts]: JSON.stringify(hosts) };
}

/** Reads what `placeLabels` wrote; undefined on a container that is no plugin's own. */
export function placeOfLabels(labels: Readonly<Record<string, string>>): PluginPlace | undefined {
  const plugin = labels[LABELS.plugin];
  const entry = labels[LABELS.entry];
  const profile = labels[LABELS.profile];
  if (plugin === undefined || entry === undefined || profile === undefined) return undefined;
  // This program wrote the id of a session there.
  const session = (labels[LABELS.session] ?? '') as SessionId;
  return { session, plugin, entry, profile, hosts: listOf(labels[LABELS.hosts]) };
}

function listOf(text = '[]'): readonly string[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}
