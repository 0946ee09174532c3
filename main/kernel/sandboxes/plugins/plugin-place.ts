import type { SessionId } from '../../../../schema/entities.ts';
import { INSIDE, LABELS } from '../container-spec.ts';

/** What a plugin's sandbox has because its manifest was agreed to. */
export interface SandboxGrants {
  /** The policy's groups of hosts that it may ask for; empty: no network. */
  readonly hosts: readonly string[];
  /** What it sees of the workspace by itself, and whether it may write there; `none`: an empty folder. */
  readonly workspace: 'write' | 'read' | 'none';
  /** Whether the operator's name and address for commits are there. */
  readonly operator: 'told' | 'untold';
}

/** A plugin in a session, and what its manifest says of the sandbox that it wants. */
export interface PluginPlace extends SandboxGrants {
  readonly session: SessionId;
  readonly plugin: string;
  /** Inside of a sandbox. Its folder is named by the digest of the package, so that another version is at another place. */
  readonly entry: string;
  readonly profile: string;
}

const VIEWS = ['write', 'read', 'none'] as const;

export function placeKey({ session, entry }: Pick<PluginPlace, 'session' | 'entry'>): string {
  return `${session}\0${entry}`;
}

/** The folder of the package, below that of all that is installed. */
export function packageFolder({ entry }: Pick<PluginPlace, 'entry'>): string {
  return entry.slice(INSIDE.installed.length + 1).split('/')[0] ?? '';
}

/** What is written on the container, so that the next kernel knows whose it is. */
export function placeLabels({ plugin, entry, hosts, workspace, operator }: PluginPlace): Record<string, string> {
  return {
    [LABELS.plugin]: plugin,
    [LABELS.entry]: entry,
    [LABELS.hosts]: JSON.stringify(hosts),
    [LABELS.workspace]: workspace,
    [LABELS.operator]: operator,
  };
}

/** Reads what `placeLabels` wrote; undefined on a container that is no plugin's own, or that a version made which gave every plugin the whole workspace. */
export function placeOfLabels(labels: Readonly<Record<string, string>>): PluginPlace | undefined {
  const plugin = labels[LABELS.plugin];
  const entry = labels[LABELS.entry];
  const profile = labels[LABELS.profile];
  const workspace = VIEWS.find((view) => view === labels[LABELS.workspace]);
  if (plugin === undefined || entry === undefined || profile === undefined || workspace === undefined) return undefined;
  // This program wrote the id of a session there.
  const session = (labels[LABELS.session] ?? '') as SessionId;
  const operator = labels[LABELS.operator] === 'told' ? 'told' : 'untold';
  return { session, plugin, entry, profile, hosts: listOf(labels[LABELS.hosts]), workspace, operator };
}

function listOf(text = '[]'): readonly string[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}
