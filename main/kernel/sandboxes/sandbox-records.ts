import type { Failure, Phase, Sandbox, SessionId } from '../../../schema/entities.ts';
import type { Fault } from '../../../schema/fault.ts';
import { Broadcast } from '../../base/broadcast.ts';
import type { SandboxRecord, SandboxStore } from './sandbox-store.ts';

export interface SandboxChange {
  readonly state?: Sandbox['state'];
  /** `undefined` written out takes a failure away. */
  readonly failure?: Failure | undefined;
  readonly phases?: readonly Phase[];
  /** `undefined` written out: it goes on. */
  readonly pausedAt?: number | undefined;
}

/** The records of all sandboxes, kept, and told to whoever listens. */
export class SandboxRecords {
  readonly #store: SandboxStore;
  readonly #records = new Map<SessionId, SandboxRecord>();
  readonly #listeners = new Set<(sandbox: Sandbox) => void>();
  readonly #changed = new Broadcast<void>();

  constructor(store: SandboxStore) {
    this.#store = store;
    for (const record of store.all()) this.#records.set(record.sandbox.session, record);
  }

  get(session: SessionId): SandboxRecord | undefined {
    return this.#records.get(session);
  }

  /** True while the session's sandbox may be with the engine. */
  isAlive(session: SessionId): boolean {
    const record = this.#records.get(session);
    return record !== undefined && isAlive(record.sandbox);
  }

  /** True while a sandbox of this id may be with the engine. */
  hasLive(sandbox: string | undefined): boolean {
    return this.all().some((record) => record.sandbox.id === sandbox && isAlive(record.sandbox));
  }

  all(): readonly SandboxRecord[] {
    return [...this.#records.values()];
  }

  /** Those that are there, and those that failed. */
  list(): Sandbox[] {
    return this.all()
      .map((record) => record.sandbox)
      .filter((sandbox) => sandbox.state !== 'destroyed');
  }

  put(record: SandboxRecord): void {
    this.#records.set(record.sandbox.session, record);
    this.#store.put(record);
    for (const listener of this.#listeners) listener(record.sandbox);
    this.#changed.publish();
  }

  change(session: SessionId, change: SandboxChange): void {
    const record = this.#records.get(session);
    if (!record) return;
    const { failure: former, pausedAt: since, ...sandbox } = record.sandbox;
    const failure = 'failure' in change ? change.failure : change.state === 'destroyed' ? undefined : former;
    const state = change.state ?? sandbox.state;
    const phases = [...(change.phases ?? sandbox.phases)];
    const paused = state !== 'running' ? undefined : 'pausedAt' in change ? change.pausedAt : since;
    const optional = { ...(failure ? { failure } : {}), ...(paused === undefined ? {} : { pausedAt: paused }) };
    this.put({ ...record, sandbox: { ...sandbox, state, phases, ...optional } });
  }

  /** What a start is at: told to whoever watches, and not kept; its end is. */
  showPhases(session: SessionId, phases: readonly Phase[]): void {
    const record = this.#records.get(session);
    if (record?.sandbox.state !== 'creating') return;
    this.#records.set(session, { ...record, sandbox: { ...record.sandbox, phases: [...phases] } });
    this.#changed.publish();
  }

  delete(session: SessionId): void {
    this.#records.delete(session);
    this.#store.delete(session);
    this.#changed.publish();
  }

  onChange(listener: (sandbox: Sandbox) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The list, now and after every change. */
  async *watch(signal: AbortSignal): AsyncGenerator<Sandbox[], void, undefined> {
    const changes = this.#changed.listen(signal, 4096);
    yield this.list();
    for await (const _ of changes) yield this.list();
  }
}

/** True while something of it may be with the engine. */
export function isAlive({ state }: Sandbox): boolean {
  return state === 'creating' || state === 'running' || state === 'stopping';
}

export function failureOf({ code, message, why, fix }: Fault): Failure {
  return { code, message, ...(why === undefined ? {} : { why }), ...(fix === undefined ? {} : { fix }) };
}
