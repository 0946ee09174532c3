import { expect, test } from 'vitest';
import type { Session, SessionId, SnapshotId } from '../../../../schema/entities.ts';
import { comparableStates, firstPair } from './states.ts';

const one = (id: string, workspace: string) => ({ id, name: id, workspace }) as Session; // Nothing else of a session is read.
const sessions = [one('s1', '/a'), one('s2', '/a'), one('s3', '/b')];

function clientWith(snapshots: Readonly<Record<string, readonly string[]>>) {
  const list = async ({ session }: { session: SessionId }) => ({
    snapshots: (snapshots[session] ?? []).map((name) => ({ id: name as SnapshotId, name })),
  });
  // Only the list is asked for.
  return { snapshot: { list } } as unknown as Parameters<typeof comparableStates>[0];
}

test('a session is compared with those on its folder, now and as their snapshots kept them', async () => {
  const states = await comparableStates(clientWith({ s2: ['tidy'] }), sessions, sessions[0] ?? one('', ''));
  expect(states.map(({ label }) => label)).toEqual(['s1, as it is now', 's2, as it is now', 's2, snapshot “tidy”']);
});

test('another session is offered first, then the newest snapshot, else nothing', async () => {
  const own = one('s3', '/b');
  const pair = async (client: Parameters<typeof comparableStates>[0], session: Session) =>
    firstPair(await comparableStates(client, sessions, session), session.id);
  expect([
    await pair(clientWith({ s1: ['old'] }), sessions[0] ?? own),
    await pair(clientWith({ s3: ['new', 'old'] }), own),
    await pair(clientWith({}), own),
  ]).toEqual([['s2 ', 's1 '], ['s3 new', 's3 '], undefined]);
});
