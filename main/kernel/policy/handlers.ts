import type { Handlers } from '../../../schema/contract/contract.ts';
import type { policy, TrialCall } from '../../../schema/contract/policy.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { PolicyCall } from '../../../schema/policy.ts';
import type { Clock } from '../../base/clock.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { SubjectsOf } from '../dispatch/ports.ts';
import { type DocumentWork, loadWith } from './document-work.ts';
import { validOr } from './valid-document.ts';
import type { ExtensionState } from './extension-rules.ts';
import type { PolicyInForce } from './policy-in-force.ts';
import type { PolicyUpdates, UpdateRequest } from './policy-updates.ts';
import type { Recordings } from './recordings.ts';
import { revokeByHandle, tokenHandle, tokenViews } from './token-views.ts';

export interface PolicyHandlersOptions {
  readonly inForce: PolicyInForce;
  readonly updates: PolicyUpdates;
  readonly recordings: Recordings;
  readonly work: DocumentWork;
  readonly extensions: () => ExtensionState & { readonly folder: string };
  readonly clock: Clock;
  /** The folders that are a session's workspace; none for one that is not known. */
  readonly rootsOf: (session: SessionId) => readonly string[];
  readonly sessionOf: (containerId: string) => SessionId | undefined;
  /** @throws Fault `session_not_running` */
  readonly checkRunning: (session: SessionId) => void;
  readonly onTokenRevoked: (handle: string, context: CallContext) => void;
}

function callOf(trial: TrialCall, nowMs: number): PolicyCall {
  return {
    ...trial,
    caller: { container_id: '', peer_pid: 0, tags: [], ...trial.caller },
    session: { mode: 'strict', state: 'idle', ...trial.session },
    at: trial.at ?? nowMs,
  };
}

/** For the gate: what has to hold before a person is asked, and that a restore is judged as the update it is. */
export function policySubjects(updates: PolicyUpdates): ReadonlyMap<string, SubjectsOf> {
  const subjects = [{ syscall: 'policy.update' }];
  return new Map<string, SubjectsOf>([
    [
      'policy.update',
      async (input) => {
        // Dispatch has validated the input against the contract before it asks.
        await updates.check(input as UpdateRequest);
        return subjects;
      },
    ],
    [
      'policy.restore',
      async (input) => {
        // As above.
        const { version, ...rest } = input as Omit<UpdateRequest, 'text'> & { version: string };
        await updates.check({ ...rest, text: updates.version(version).text });
        return subjects;
      },
    ],
  ]);
}

export function policyHandlers(options: PolicyHandlersOptions): Handlers<typeof policy, CallContext> {
  const { inForce, updates, recordings, work, clock } = options;
  return {
    show() {
      const { state } = inForce;
      return { ...state, errors: [...state.errors], warnings: [...state.warnings] };
    },
    check: (input) => work.check(input.text),
    async explain({ call, text, session }) {
      const wanted = callOf(call, clock.now());
      const workspaceRoots = session === undefined ? [] : options.rootsOf(session);
      const context = { workspaceRoots, workspace: inForce.workspacePolicy(workspaceRoots) };
      if (text === undefined) return inForce.engine.explain(wanted, context);
      return inForce.engine
        .withDocument(validOr(await loadWith(work, text), 'explain the call'))
        .explain(wanted, context);
    },
    async test({ text }) {
      const { passed, failed, cases } = await work.test(text);
      return { passed, failed, cases: [...cases] };
    },
    documents: () => ({ documents: inForce.documents() }),
    watch: (_input, context) => inForce.watch(context.signal),
    sentences: ({ text }) => work.sentences(text ?? inForce.state.text),
    preview: ({ text }) => updates.preview(text),
    async update(input, context) {
      const result = await updates.commit(input, context.caller.actor);
      context.note({ data: { version: result.version.id, digest: result.version.digest } });
      return result;
    },
    history: () => ({ versions: updates.history() }),
    version: ({ version }) => updates.version(version),
    async restore({ version, ...rest }, context) {
      const note = rest.note ?? `version ${version} again`;
      const result = await updates.commit({ ...rest, note, text: updates.version(version).text }, context.caller.actor);
      context.note({ data: { version: result.version.id, digest: result.version.digest, restored: version } });
      return result;
    },
    tokens: () => ({ tokens: tokenViews(inForce.engine.tokens.list(clock.now()), options.sessionOf) }),
    revokeToken({ token }, context) {
      const id = revokeByHandle(inForce.engine.tokens, token, clock.now());
      options.onTokenRevoked(tokenHandle(id), context);
      return {};
    },
    record({ session, minutes }) {
      options.checkRunning(session);
      return recordings.start(session, minutes);
    },
    stopRecording: ({ session }) => recordings.stop(session),
    recordings: ({ session }) => ({ recordings: recordings.list(session) }),
    adopt: ({ session, proposal, text }) => ({
      text: recordings.adopt(session, proposal, text ?? inForce.state.text),
    }),
    extensions: () => options.extensions(),
  };
}
