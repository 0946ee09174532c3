import type { Session, SessionId } from '../../schema/entities.ts';
import type { SessionFacts } from '../kernel/dispatch/ports.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';

/** What a decision needs to know of a session; the same value each time, as the policy remembers what it found out about one. */
export function sessionFacts(sessions: () => readonly Session[]): (id: string) => SessionFacts | undefined {
  const facts = new Map<SessionId, SessionFacts>();
  return (id) => {
    const known = sessions().find((session) => session.id === id);
    if (known === undefined) return undefined;
    const found = facts.get(known.id) ?? {
      session: { mode: 'explore', state: 'idle' },
      workspaceRoots: [known.workspace],
    };
    facts.set(known.id, found);
    return found;
  };
}

/** The session that a container works for: as its own sandbox, or as that of one of its plugins. */
export function sessionOfContainer(sandboxes: Pick<Sandboxes, 'list' | 'plugins'>) {
  return (containerId: string): SessionId | undefined => {
    const own = sandboxes.plugins.find({ containerId })?.sandbox;
    return (own ?? sandboxes.list().find((each) => each.containerId === containerId))?.session;
  };
}
