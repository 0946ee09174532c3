import type { Profile } from '../profiles.ts';

/**
 * What a plugin's own sandbox may use: what its profile gives, and of nothing more than the session it works for. It has a network
 * only where both have one and its manifest names hosts. The image is the session's, as the tools of the workspace are in it; what
 * package managers keep for all sessions of a folder is not given to it, and how long it lives is not the profile's to say.
 */
export function pluginProfile(wanted: Profile, session: Profile, hosts: readonly string[]): Profile {
  const both = wanted.network === 'restricted' && session.network === 'restricted';
  const { env = wanted.env, labels = wanted.labels } = session;
  return {
    ...wanted,
    image: session.image,
    network: both && hosts.length > 0 ? 'restricted' : 'none',
    memoryBytes: Math.min(wanted.memoryBytes, session.memoryBytes),
    cpus: Math.min(wanted.cpus, session.cpus),
    pids: Math.min(wanted.pids, session.pids),
    openFiles: Math.min(wanted.openFiles, session.openFiles),
    diskBytes: Math.min(wanted.diskBytes, session.diskBytes),
    fileSizeBytes: Math.min(wanted.fileSizeBytes, session.fileSizeBytes),
    tmpBytes: Math.min(wanted.tmpBytes, session.tmpBytes),
    homeBytes: Math.min(wanted.homeBytes, session.homeBytes),
    cacheBytes: undefined,
    timeLimitMs: undefined,
    ...(env === undefined ? {} : { env }),
    ...(labels === undefined ? {} : { labels }),
  };
}

/** The groups of hosts that it may reach: those of its manifest, and of them only those of the session. */
export function pluginGroups(hosts: readonly string[], ofSession: readonly string[] | undefined): readonly string[] {
  return ofSession === undefined ? hosts : hosts.filter((group) => ofSession.includes(group));
}
