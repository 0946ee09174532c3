import type { Session, SessionId, SnapshotId } from '../../../../schema/entities.ts';
import type { KernelClient } from '../../../app/kernel-client.ts';
import { messages } from '../messages.ts';

/** A session as it is now, or as a snapshot kept it. */
export interface SessionState {
  readonly session: SessionId;
  readonly snapshot?: SnapshotId;
}

export interface NamedState {
  readonly key: string;
  readonly label: string;
  readonly state: SessionState;
}

export function keyOf({ session, snapshot }: SessionState): string {
  return `${session} ${snapshot ?? ''}`;
}

/** What can be compared with a session: itself and the others on the same folder, now and as their snapshots kept them. */
export async function comparableStates(
  client: Pick<KernelClient, 'snapshot'>,
  sessions: readonly Session[],
  own: Session,
): Promise<readonly NamedState[]> {
  const others = sessions.filter(({ id, workspace }) => id !== own.id && workspace === own.workspace);
  const named = [own, ...others].map(async ({ id, name }): Promise<NamedState[]> => {
    const { snapshots } = await client.snapshot.list({ session: id });
    const now = namedState({ session: id }, messages.compareNow(name));
    const kept = snapshots.map((each) =>
      namedState({ session: id, snapshot: each.id }, messages.compareSnapshot(name, each.name)),
    );
    return [now, ...kept];
  });
  return (await Promise.all(named)).flat();
}

function namedState(state: SessionState, label: string): NamedState {
  return { key: keyOf(state), label, state };
}

/** What one most likely wants: another session beside this one, or this one's newest snapshot beside what became of it. */
export function firstPair(states: readonly NamedState[], own: SessionId): readonly [string, string] | undefined {
  const now = states.find(({ state }) => state.session === own && state.snapshot === undefined);
  const other =
    states.find(({ state }) => state.session !== own && state.snapshot === undefined) ??
    states.find(({ state }) => state.session === own && state.snapshot !== undefined);
  return now === undefined || other === undefined ? undefined : [other.key, now.key];
}
