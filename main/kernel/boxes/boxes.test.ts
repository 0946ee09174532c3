import { describe, expect, it } from 'vitest';
import type { Session, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { VirtualClock } from '../../base/clock.ts';
import type { Profile } from '../sandboxes/profiles.ts';
import { BoxLogs } from './box-logs.ts';
import { Boxes, type BoxesOptions } from './boxes.ts';

const GIB = 1024 ** 3;
const common = { cpus: 2, memoryBytes: 4 * GIB, diskBytes: 20 * GIB, pids: 512, timeLimitMs: undefined };
// Of a profile just what is looked at here.
const profiles = new Map(
  [
    { name: 'workspace', image: 'cavern/workspace:latest', ...common },
    { name: 'small', image: 'cavern/small:latest', ...common, cpus: 1, memoryBytes: GIB },
  ].map((profile) => [profile.name, profile as unknown as Profile]),
);

class FakeSessions {
  sessions: Session[] = [];
  failure: Fault | undefined;
  started: Promise<void> = Promise.resolve();

  list = (): Session[] => this.sessions;
  get = (id: SessionId): Session => this.#change(id, {});
  resume = async (id: SessionId): Promise<Session> => this.#change(id, { state: 'running' });
  stop = async (id: SessionId): Promise<Session> => this.#change(id, { state: 'stopped' });
  remove = async (id: SessionId): Promise<void> => {
    this.sessions = this.sessions.filter((session) => session.id !== id);
  };
  create: BoxesOptions['sessions']['create'] = async ({ workspace, name = '', profile = '', namespace, limits }) => {
    const id = `s${this.sessions.length + 1}` as SessionId; // Ids of a test need no making.
    const times = { createdAt: 1, changedAt: 1 };
    const session: Session = { id, name, workspace, profile, state: 'running', ...times };
    await this.started;
    this.sessions.push({
      ...session,
      ...(namespace === undefined ? {} : { namespace }),
      ...(limits === undefined ? {} : { limits }),
    });
    if (this.failure) throw this.failure;
    return this.sessions.at(-1) ?? session;
  };

  #change(id: SessionId, change: Partial<Session>): Session {
    const found = this.sessions.find((session) => session.id === id);
    if (found === undefined) throw new Fault('not_found', 'none');
    return Object.assign(found, change);
  }
}

function setUp() {
  const sessions = new FakeSessions();
  const folders = new Set<string>();
  let made = 0;
  const workspaces = {
    async create() {
      made += 1;
      folders.add(`/w/${made}`);
      return `/w/${made}`;
    },
    async remove(path: string) {
      folders.delete(path);
    },
    keepOnly: async () => undefined,
  };
  const boxes = new Boxes({ sessions, profiles, workspaces, logs: new BoxLogs(new VirtualClock(1000)) });
  const { signal } = new AbortController();
  return { boxes, sessions, folders, signal };
}

const fault = (code: string) => expect.objectContaining({ code });

describe('a sandbox of a program', () => {
  it('is a session in a namespace, with what its profile gives less its limits', async () => {
    const { boxes, folders, signal } = setUp();
    const created = await boxes.create({ namespace: 'ci', name: 'a', limits: { memoryBytes: GIB } }, signal);
    expect(created).toEqual({
      id: 's1',
      namespace: 'ci',
      name: 'a',
      profile: 'workspace',
      image: 'cavern/workspace:latest',
      state: 'running',
      limits: { cpus: 2, memoryBytes: GIB, diskBytes: 20 * GIB, pids: 512 },
      createdAt: 1,
      changedAt: 1,
    });
    expect(boxes.list('ci')).toEqual([created]);
    expect(boxes.list('other')).toEqual([]);
    await boxes.remove(created.id);
    expect([boxes.list('ci'), [...folders]]).toEqual([[], []]);
  });

  it('has a name that is its own in the namespace, also while another is being made', async () => {
    const { boxes, sessions, signal } = setUp();
    let start = (): void => undefined;
    sessions.started = new Promise((resolve) => {
      start = resolve;
    });
    const first = boxes.create({ namespace: 'ci', name: 'a' }, signal);
    await expect(boxes.create({ namespace: 'ci', name: 'a' }, signal)).rejects.toEqual(fault('name_taken'));
    start();
    await first;
    await expect(boxes.create({ namespace: 'ci', name: 'a' }, signal)).rejects.toEqual(fault('name_taken'));
    expect((await boxes.create({ namespace: 'cd', name: 'a' }, signal)).namespace).toBe('cd');
  });

  it('that cannot be started leaves nothing behind, its name included', async () => {
    const { boxes, sessions, folders, signal } = setUp();
    sessions.failure = new Fault('engine_unavailable', 'no engine');
    await expect(boxes.create({ namespace: 'ci', name: 'a' }, signal)).rejects.toEqual(fault('engine_unavailable'));
    expect([sessions.sessions, [...folders]]).toEqual([[], []]);
    sessions.failure = undefined;
    await boxes.create({ namespace: 'ci', name: 'a' }, signal);
  });

  it('uses an image only where a profile does', async () => {
    const { boxes, signal } = setUp();
    expect((await boxes.create({ namespace: 'ci', name: 'a', image: 'cavern/small:latest' }, signal)).profile).toBe(
      'small',
    );
    const refused = [
      { image: 'other:latest' },
      { profile: 'nobodys' },
      { profile: 'small', image: 'cavern/workspace:latest' },
    ];
    for (const choice of refused)
      await expect(boxes.create({ namespace: 'ci', name: 'b', ...choice }, signal)).rejects.toEqual(
        fault('profile_unknown'),
      );
  });

  it('never gets more than its profile gives', async () => {
    const { boxes, signal } = setUp();
    await expect(
      boxes.create({ namespace: 'ci', name: 'a', profile: 'small', limits: { cpus: 2 } }, signal),
    ).rejects.toEqual(
      expect.objectContaining({
        code: 'invalid_input',
        data: { errors: [{ pointer: '/limits/cpus', message: 'profile "small" gives 1 at most' }] },
      }),
    );
  });

  it('is not one of the operator’s sessions', async () => {
    const { boxes, sessions, signal } = setUp();
    await sessions.create({ workspace: '/home/me', signal });
    expect(() => boxes.get('s1' as SessionId)).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});
