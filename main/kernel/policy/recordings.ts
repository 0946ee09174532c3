import type { Recording } from '../../../schema/contract/policy.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import type { Clock } from '../../base/clock.ts';
import type { JudgeContext } from '../dispatch/ports.ts';
import type { PolicyInForce } from './policy-in-force.ts';
import { adoptRule, type Collected, collectionKey, proposalOf } from './rule-proposal.ts';

const DEFAULT_MINUTES = 60;
const MINUTE_MS = 60_000;
/** Kinds of calls that are kept apart, and paths of each; a session that does more has shown enough. */
const MAX_KINDS = 200;
const MAX_PATHS = 500;

interface SessionRecording {
  readonly session: SessionId;
  readonly startedAt: number;
  endsAt: number;
  calls: number;
  readonly kinds: Map<string, Collected>;
}

export interface RecordingsOptions {
  readonly inForce: PolicyInForce;
  readonly clock: Clock;
}

/**
 * Sessions in record mode. What the document would stop of a session's tools is let through, flagged and collected; what
 * built-in rules, the workspace's document or extensions say stays, and so does whatever leaves the sandbox (a merge, the
 * policy, plugins): that is collected and judged as ever.
 */
export class Recordings {
  readonly #options: RecordingsOptions;
  readonly #sessions = new Map<string, SessionRecording>();

  constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  /** Begins, or begins again with nothing collected. */
  start(session: SessionId, minutes = DEFAULT_MINUTES): Recording {
    const startedAt = Math.round(this.#options.clock.now());
    const recording = { session, startedAt, endsAt: startedAt + minutes * MINUTE_MS, calls: 0, kinds: new Map() };
    this.#sessions.set(session, recording);
    return this.#view(recording);
  }

  /** @throws Fault `not_found` */
  stop(session: SessionId): Recording {
    const recording = this.#of(session);
    recording.endsAt = Math.min(recording.endsAt, Math.round(this.#options.clock.now()));
    return this.#view(recording);
  }

  list(session?: SessionId): Recording[] {
    const all = [...this.#sessions.values()].filter((one) => session === undefined || one.session === session);
    return all.map((recording) => this.#view(recording));
  }

  /** A text with the proposed rule written into it. @throws Fault `not_found`, `policy_invalid` */
  adopt(session: SessionId, proposal: string, text: string): string {
    const collected = [...this.#of(session).kinds.values()].find(({ id }) => id === proposal);
    if (collected === undefined) throw new Fault('not_found', `Cannot add "${proposal}": there is no such proposal`);
    return adoptRule(text, collected);
  }

  /** The end of a session ends what was collected about it. */
  endSession(session: SessionId): void {
    this.#sessions.delete(session);
  }

  /** Decides as the policy does, but for sessions in record mode. */
  decide(calls: readonly PolicyCall[], context: JudgeContext): Decision | Promise<Decision> {
    const { workspaceRoots: roots, session } = context;
    const decision = this.#options.inForce.decide(calls, context);
    const recording = session === undefined ? undefined : this.#sessions.get(session);
    const [first] = calls;
    if (recording === undefined || first === undefined || first.at >= recording.endsAt) return decision;
    return decision instanceof Promise
      ? decision.then((late) => this.#letThrough(recording, { calls, roots, decision: late }))
      : this.#letThrough(recording, { calls, roots, decision });
  }

  #letThrough(
    recording: SessionRecording,
    judged: { calls: readonly PolicyCall[]; roots: readonly string[]; decision: Decision },
  ): Decision | Promise<Decision> {
    const { calls, roots, decision } = judged;
    if (decision.decision === 'allow') return decision;
    const { inForce } = this.#options;
    const workspace = inForce.workspacePolicy(roots);
    const beyond = inForce.engine.decideBeyondPolicy(calls, { workspaceRoots: roots, workspace });
    const settle = (open: Decision): Decision => {
      // What is stopped for another reason than the document is nothing that a rule of it could change.
      if (open.decision !== 'allow') return decision;
      this.#collect(recording, calls, decision);
      return calls.every(({ tool }) => tool !== undefined) ? open : decision;
    };
    return beyond instanceof Promise ? beyond.then(settle) : settle(beyond);
  }

  #collect(recording: SessionRecording, calls: readonly PolicyCall[], decision: Decision): void {
    recording.calls += 1;
    for (const call of calls) {
      const key = collectionKey(call, decision);
      let kind = recording.kinds.get(key);
      if (kind === undefined) {
        if (recording.kinds.size === MAX_KINDS) return;
        const { syscall, caller } = call;
        const id = `p${recording.kinds.size + 1}`;
        kind = { id, syscall, tags: caller.tags, decision, paths: new Set(), calls: 0 };
        recording.kinds.set(key, kind);
      }
      kind.calls += 1;
      if (call.path !== undefined && kind.paths.size < MAX_PATHS) kind.paths.add(call.path);
    }
  }

  #of(session: SessionId): SessionRecording {
    const recording = this.#sessions.get(session);
    if (recording === undefined) {
      throw new Fault('not_found', `Cannot show what session "${session}" recorded: it was never in record mode`);
    }
    return recording;
  }

  #view({ session, startedAt, endsAt, calls, kinds }: SessionRecording): Recording {
    const state = this.#options.clock.now() < endsAt ? 'recording' : 'stopped';
    return { session, state, startedAt, endsAt, calls, proposals: [...kinds.values()].map(proposalOf) };
  }
}
