import { describe, expect, it } from 'vitest';
import type { Sandbox, SandboxId, Session, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { VirtualClock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import { silentLogger } from '../../base/logger.ts';
import type { SessionSandboxes } from './ports.ts';
import { Sessions } from './sessions.ts';

class FakeSandboxes implements SessionSandboxes {
  readonly boxes: Sandbox[] = [];
  readonly calls: string[] = [];
  readonly listeners: ((sandbox: Sandbox) => void)[] = [];
  failure: Fault | undefined;
  adopted = new Set<SessionId>();

  async checkWorkspace(path: string): Promise<string> {
    if (path === '/missing') throw new Fault('workspace_invalid', 'Cannot use "/missing": there is no such folder');
    return path;
  }
  sessionFor = (): SessionId => newId<SessionId>();
  readonly narrowings: unknown[] = [];
  async start({ session, profile, narrowing }: Parameters<SessionSandboxes['start']>[0]): Promise<Sandbox> {
    this.calls.push('start');
    this.narrowings.push(narrowing);
    if (this.failure) throw this.failure;
    const id = `box${this.boxes.length + 1}` as SandboxId; // Ids of a test need no making.
    const sandbox: Sandbox = {
      id,
      session,
      profile,
      state: 'running',
      engine: 'docker',
      image: 'i',
      createdAt: 0,
      phases: [],
    };
    this.boxes.push(sandbox);
    return sandbox;
  }
  async stop(): Promise<void> {
    this.calls.push('stop');
  }
  async remove(): Promise<void> {
    this.calls.push('remove');
  }
  list(): Sandbox[] {
    return this.boxes;
  }
  onChange(listener: (sandbox: Sandbox) => void): void {
    this.listeners.push(listener);
  }
  async recover(): Promise<ReadonlySet<SessionId>> {
    return this.adopted;
  }
}

function setUp(kept: Session[] = []) {
  const store = new Map(kept.map((session) => [session.id, session]));
  const clock = new VirtualClock(5000);
  const sandboxes = new FakeSandboxes();
  const records: string[] = [];
  const sessions = new Sessions({
    store: {
      all: () => [...store.values()],
      put: (session) => void store.set(session.id, session),
      delete: (id) => void store.delete(id),
    },
    sandboxes,
    audit: {
      record: ({ type, data }) =>
        void records.push(data?.['to'] === undefined ? type : `${type} ${data['to'] as string}`),
    },
    caves: {
      sandbox: async (_workspace, name) => ({
        name,
        profile: 'agent',
        narrowing: { cpus: 1 },
        start: ['npm', 'start'],
      }),
    },
    onReady: async () => undefined,
    onStart: async (_session, argv) => void sandboxes.calls.push(argv.join(' ')),
    clock,
    logger: silentLogger,
    onRemove: async () => void sandboxes.calls.push('onRemove'),
  });
  const { signal } = new AbortController();
  return { sessions, sandboxes, store, records, signal, clock };
}

describe('a session', () => {
  it('starts, stops, resumes and is removed, each step kept and recorded', async () => {
    const { sessions, sandboxes, store, records, signal } = setUp();
    const created = await sessions.create({ workspace: '/home/me/My Project', signal });
    expect({ ...created, id: '' }).toEqual({
      id: '',
      name: 'My Project',
      workspace: '/home/me/My Project',
      profile: 'workspace',
      state: 'running',
      sandbox: 'box1',
      createdAt: 5000,
      changedAt: 5000,
    });
    expect((await sessions.stop(created.id)).state).toBe('stopped');
    expect((await sessions.resume(created.id, signal)).state).toBe('running');
    await sessions.remove(created.id);
    expect(sandboxes.calls).toEqual(['start', 'stop', 'start', 'onRemove', 'remove']);
    expect(store.size).toBe(0);
    expect(records).toEqual([
      'session_created',
      'session_changed stopping',
      'session_changed stopped',
      'session_changed starting',
      'session_changed stopping',
      'session_ended',
    ]);
  });

  it('is started as the workspace says, each time, and runs what it is to start with', async () => {
    const { sessions, sandboxes, signal } = setUp();
    const created = await sessions.create({ workspace: '/w', sandbox: 'web', signal });
    expect(created).toMatchObject({ profile: 'agent', cave: 'web', state: 'running' });
    await sessions.stop(created.id);
    await sessions.resume(created.id, signal);
    expect(sandboxes.narrowings).toEqual([{ cpus: 1 }, { cpus: 1 }]);
    expect(sandboxes.calls).toEqual(['start', 'npm start', 'stop', 'start', 'npm start']);
    const other = sessions.create({ workspace: '/w', sandbox: 'web', profile: 'workspace', signal });
    await expect(other).rejects.toMatchObject({ code: 'cave_invalid' });
  });

  it('at rest for thirty days is archived, recorded, and back as soon as it is touched', async () => {
    const { sessions, records, signal, clock } = setUp();
    const { id } = await sessions.create({ workspace: '/w', signal });
    const running = await sessions.create({ workspace: '/v', signal });
    await sessions.stop(id);
    clock.advance(30 * 24 * 60 * 60 * 1000 - 1);
    sessions.archive(30);
    expect(sessions.get(id).archivedAt).toBeUndefined();
    clock.advance(1);
    sessions.archive(30);
    sessions.archive(30);
    expect(sessions.get(id)).toMatchObject({ state: 'stopped', archivedAt: clock.now() });
    expect(sessions.get(running.id).archivedAt).toBeUndefined();
    expect(records.filter((record) => record === 'session_changed').length).toBe(1);
    expect((await sessions.resume(id, signal)).archivedAt).toBeUndefined();
  });

  it('is not made for a folder that is not there', async () => {
    const { sessions, store, signal } = setUp();
    await expect(sessions.create({ workspace: '/missing', signal })).rejects.toMatchObject({
      code: 'workspace_invalid',
    });
    expect(store.size).toBe(0);
  });

  it('that failed to start says why and can be tried again', async () => {
    const { sessions, sandboxes, signal } = setUp();
    sandboxes.failure = new Fault('engine_unavailable', 'Cannot start: no engine', { fix: 'start it' });
    await expect(sessions.create({ workspace: '/w', signal })).rejects.toMatchObject({ code: 'engine_unavailable' });
    const [failed] = sessions.list();
    expect(failed).toMatchObject({ state: 'failed', failure: { code: 'engine_unavailable', fix: 'start it' } });
    sandboxes.failure = undefined;
    expect((await sessions.resume(failed?.id ?? ('' as SessionId), signal)).state).toBe('running');
  });

  it('whose sandbox ended on its own is not running any more', async () => {
    const { sessions, sandboxes, signal } = setUp();
    const created = await sessions.create({ workspace: '/w', signal });
    const [box] = sandboxes.boxes;
    if (box === undefined) throw new Error('no sandbox');
    for (const tell of sandboxes.listeners)
      tell({ ...box, state: 'failed', failure: { code: 'out_of_memory', message: 'Out of memory' } });
    expect(sessions.get(created.id)).toMatchObject({ state: 'failed', failure: { code: 'out_of_memory' } });
  });

  it('goes on after a restart when its sandbox was adopted, and is stopped when not', async () => {
    const base = { name: 'w', workspace: '/w', profile: 'workspace', createdAt: 1, changedAt: 1 };
    const one: Session = { ...base, id: 'one' as SessionId, state: 'running' };
    const two: Session = { ...base, id: 'two' as SessionId, state: 'running' };
    const { sessions, sandboxes } = setUp([one, two]);
    sandboxes.adopted = new Set([one.id]);
    await sessions.recover();
    expect(sessions.list().map(({ id, state }) => [id, state])).toEqual([
      ['two', 'stopped'],
      ['one', 'running'],
    ]);
  });

  it('is shown whole to whoever watches, now and after each change', async () => {
    const { sessions, signal } = setUp();
    const stop = new AbortController();
    const seen: number[] = [];
    const watching = (async () => {
      for await (const picture of sessions.watch(stop.signal)) seen.push(picture.sessions.length);
    })();
    await sessions.create({ workspace: '/w', signal });
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await watching;
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(1);
  });
});
