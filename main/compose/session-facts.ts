import type { Session, SessionId } from '../../schema/entities.ts';
import type { SessionFacts } from '../kernel/dispatch/ports.ts';

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
