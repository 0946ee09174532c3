import type { SessionEvent } from '../../../schema/contract/session.ts';
import type {
  Failure,
  ProfileName,
  Sandbox,
  SandboxLimits,
  Session,
  SessionId,
  SessionState,
} from '../../../schema/entities.ts';
import type { Static } from 'typebox';
import { Fault, toFault } from '../../../schema/fault.ts';
import { Broadcast } from '../../base/broadcast.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { CaveSandbox } from '../sandboxes/cave.ts';
import type { SessionLayer } from '../sandboxes/session-layer.ts';
import type { SessionAudit, SessionCaves, SessionSandboxes, SessionStore } from './ports.ts';

export interface SessionsOptions {
  readonly store: SessionStore;
  readonly sandboxes: SessionSandboxes;
  readonly caves: SessionCaves;
  /** Runs before anything else is run in a sandbox that has just started. */
  readonly onReady: (session: SessionId) => Promise<void>;
  /** Runs what a workspace's own sandbox is to start with. */
  readonly onStart: (session: SessionId, argv: readonly string[]) => Promise<void>;
  readonly audit: SessionAudit;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs when a session is removed, before its record goes: what else is kept for it (terminals, grants, merge records). */
  readonly onRemove: (session: SessionId) => Promise<void>;
}

export interface CreateSession {
  readonly workspace: string;
  readonly profile?: Static<typeof ProfileName> | undefined;
  readonly name?: string | undefined;
  /** A sandbox that the workspace's cave.yaml names. */
  readonly sandbox?: string | undefined;
  /** Of one that a program starts: whose it is. */
  readonly namespace?: string | undefined;
  /** Less than the profile gives; nobody here looks whether it is less. */
  readonly limits?: SandboxLimits | undefined;
  readonly signal: AbortSignal;
  /** Makes the layer that the session begins with, where it is not an empty one. */
  readonly seed?: (session: SessionId) => Promise<SessionLayer>;
}

const DEFAULT_PROFILE = 'workspace';
const DAY_MS = 24 * 60 * 60 * 1000;

/** Sessions: one workspace each, worked on in a sandbox that can be stopped and started again without losing what was changed. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<SessionId, Session>();
  readonly #changed = new Broadcast<void>();
  /** One start, stop or removal of a session at a time. */
  readonly #turns = new Map<SessionId, Promise<unknown>>();

  constructor(options: SessionsOptions) {
    this.#options = options;
    for (const session of options.store.all()) this.#sessions.set(session.id, session);
    options.sandboxes.onChange((sandbox) => this.#follow(sandbox));
  }

  /** The newest first. */
  list(): Session[] {
    return [...this.#sessions.values()].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  }

  get(id: SessionId): Session {
    const session = this.#sessions.get(id);
    if (session) return session;
    throw new Fault('not_found', `Cannot find session "${id}": there is none of that id`, {
      fix: 'See `cavern session list`.',
    });
  }

  sandboxOf(id: SessionId): Sandbox | undefined {
    return this.#options.sandboxes.list().find((sandbox) => sandbox.session === id && sandbox.state !== 'destroyed');
  }

  /** Starts a session. What fails on the way leaves a session in state `failed` that says why and can be resumed. */
  async create(options: CreateSession): Promise<Session> {
    const workspace = await this.#options.sandboxes.checkWorkspace(options.workspace);
    const now = this.#options.clock.now();
    const { seed, namespace, limits } = options;
    const cave = options.sandbox === undefined ? undefined : await this.#cave(workspace, options);
    const profile = cave?.profile ?? options.profile ?? DEFAULT_PROFILE;
    const session: Session = {
      // One that begins with what another wrote cannot have been started ahead.
      id: seed ? newId<SessionId>() : this.#options.sandboxes.sessionFor(workspace, profile, cave?.narrowing ?? limits),
      name: options.name ?? nameOf(workspace),
      workspace,
      profile,
      ...(cave ? { cave: cave.name } : {}),
      ...(namespace === undefined ? {} : { namespace }),
      ...(limits === undefined ? {} : { limits }),
      state: 'starting',
      createdAt: now,
      changedAt: now,
    };
    this.#put(session);
    this.#options.audit.record({
      type: 'session_created',
      session: session.id,
      path: workspace,
      data: { profile: session.profile },
    });
    return this.#start(session.id, options.signal, seed);
  }

  async resume(id: SessionId, signal: AbortSignal): Promise<Session> {
    if (this.get(id).state === 'running') return this.get(id);
    return this.#start(id, signal);
  }

  /** Ends the sandbox; what was changed stays. Stopping a stopped session does nothing. */
  stop(id: SessionId): Promise<Session> {
    return this.#inTurn(id, async () => {
      if (this.get(id).state === 'stopped') return this.get(id);
      this.#set(id, 'stopping');
      await this.#options.sandboxes.stop(id);
      return this.#set(id, 'stopped');
    });
  }

  /** Removes the session and everything that it left on the disk. */
  remove(id: SessionId): Promise<void> {
    return this.#inTurn(id, async () => {
      this.#set(id, 'stopping');
      await this.#options.onRemove(id);
      await this.#options.sandboxes.remove(id);
      this.#sessions.delete(id);
      this.#options.store.delete(id);
      this.#options.audit.record({ type: 'session_ended', session: id });
      this.#changed.publish();
    });
  }

  /** After a start of the kernel: sessions whose sandbox is gone are stopped, the others go on. */
  async recover(): Promise<void> {
    const wanted = this.list().filter((session) => session.state === 'running' || session.state === 'starting');
    const adopted = await this.#options.sandboxes.recover(wanted.map((session) => session.id));
    for (const session of this.list()) {
      if (session.state === 'stopped' || session.state === 'failed') continue;
      if (adopted.has(session.id)) this.#set(session.id, 'running');
      else this.#set(session.id, 'stopped');
    }
  }

  /** Marks the sessions at rest that nobody touched for so many days as archived; nothing of theirs goes. */
  archive(afterDays: number): void {
    const now = this.#options.clock.now();
    for (const session of this.list()) {
      const isAtRest = session.state === 'stopped' || session.state === 'failed';
      if (!isAtRest || session.archivedAt !== undefined || now - session.changedAt < afterDays * DAY_MS) continue;
      this.#options.audit.record({
        type: 'session_changed',
        session: session.id,
        reason: 'archived',
        data: { afterDays },
      });
      this.#put({ ...session, archivedAt: now });
    }
  }

  /** The whole picture, now and after every change. */
  async *watch(signal: AbortSignal): AsyncGenerator<SessionEvent, void, undefined> {
    const changes = this.#changed.listen(signal, 4096);
    yield this.#picture();
    for await (const _ of changes) yield this.#picture();
  }

  #picture(): SessionEvent {
    return { sessions: this.list(), sandboxes: this.#options.sandboxes.list() };
  }

  #start(id: SessionId, signal: AbortSignal, seed?: CreateSession['seed']): Promise<Session> {
    return this.#inTurn(id, async () => {
      const session = this.#set(id, 'starting');
      try {
        const { workspace } = session;
        // Read again: it may say something else than at the last start.
        const cave =
          session.cave === undefined ? undefined : await this.#options.caves.sandbox(workspace, session.cave);
        const { profile, narrowing } = cave ?? { ...session, narrowing: session.limits };
        const sandbox = await this.#options.sandboxes.start({
          session: id,
          workspace,
          profile,
          narrowing,
          signal,
          seed: seed && (() => seed(id)),
        });
        await this.#options.onReady(id);
        const running = this.#put({
          ...this.get(id),
          profile,
          state: 'running',
          sandbox: sandbox.id,
          changedAt: this.#options.clock.now(),
        });
        if (cave?.start) {
          await this.#options.onStart(id, cave.start).catch((cause: unknown) => {
            this.#options.logger.warn('cannot run what a sandbox is to start with', { session: id, cause });
          });
        }
        return running;
      } catch (thrown) {
        const fault = toFault(thrown);
        this.#set(id, 'failed', failureOf(fault));
        throw fault;
      }
    });
  }

  async #cave(workspace: string, { profile, sandbox = '' }: CreateSession): Promise<CaveSandbox> {
    const cave = await this.#options.caves.sandbox(workspace, sandbox);
    if (profile === undefined || profile === cave.profile) return cave;
    throw new Fault(
      'cave_invalid',
      `Cannot start sandbox "${sandbox}" with profile "${profile}": cave.yaml says "${cave.profile}"`,
      {
        fix: 'Leave the profile out.',
      },
    );
  }

  #follow(sandbox: Sandbox): void {
    const session = this.#sessions.get(sandbox.session);
    const isLost = sandbox.state === 'failed' || sandbox.state === 'destroyed';
    if (session?.state === 'running' && isLost && session.sandbox === sandbox.id) {
      this.#set(session.id, sandbox.failure ? 'failed' : 'stopped', sandbox.failure);
    }
    this.#changed.publish();
  }

  #set(id: SessionId, state: SessionState, failure?: Failure): Session {
    // A session that is touched is no archived one.
    const { failure: _former, archivedAt: _archived, ...session } = this.get(id);
    const next: Session = { ...session, state, changedAt: this.#options.clock.now(), ...(failure ? { failure } : {}) };
    if (session.state !== state) {
      this.#options.audit.record({
        type: 'session_changed',
        session: id,
        data: { from: session.state, to: state },
        ...(failure ? { reason: `${failure.code}: ${failure.message}` } : {}),
      });
    }
    return this.#put(next);
  }

  #put(session: Session): Session {
    this.#sessions.set(session.id, session);
    this.#options.store.put(session);
    this.#changed.publish();
    return session;
  }

  async #inTurn<T>(id: SessionId, work: () => Promise<T>): Promise<T> {
    this.get(id);
    const before = this.#turns.get(id) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }
}

function nameOf(workspace: string): string {
  return Array.from(workspace.split('/').findLast((segment) => segment !== '') ?? workspace)
    .slice(0, 80)
    .join('');
}

function failureOf(fault: Fault): Failure {
  return {
    code: fault.code,
    message: fault.message,
    ...(fault.why === undefined ? {} : { why: fault.why }),
    ...(fault.fix === undefined ? {} : { fix: fault.fix }),
  };
}
