import type { ActId } from '../../../schema/entities.ts';
import type { KeyScope } from '../../../schema/key-scope.ts';
import type { Decision } from '../../../schema/policy.ts';

/** Who calls, as the host found out by its own means; never what the caller says of itself. */
export interface Caller {
  /** `operator`, `kernel`, `plugin:<id>`, `key:<id>` or `agent:<id>`; the audit's actor. */
  readonly actor: string;
  readonly tags: readonly string[];
  /** Empty where the call does not come out of a container. */
  readonly containerId: string;
  readonly peerPid: number;
  /** What the key opens that the call came with; a caller `key:<id>` without it opens nothing. */
  readonly scope?: KeyScope;
}

/** The tag of callers that are programs which a model steers. They come through a door of their own and are never the operator. */
export const AGENT_TAG = 'agent';

/** The tags of callers that came with an API key: with one that opens everything, or with one that opens what is its own. */
export const ADMIN_KEY_TAG = 'admin_key';
export const SCOPED_KEY_TAG = 'scoped_key';

/** What an act's audit records say beside what dispatch knows. All text is redacted before it is written. */
export interface ActNotes {
  session?: string;
  sandbox?: string;
  tool?: string;
  path?: string;
  output?: string;
  data?: Record<string, unknown>;
}

/** What dispatch hands to every handler. */
export interface CallContext {
  readonly caller: Caller;
  /** Aborts when the caller goes away or cancels. */
  readonly signal: AbortSignal;
  readonly act: ActId;
  readonly decision: Decision;
  /** What a condition looked at before it let the call through without a person; the handler does just that. */
  readonly seal?: string | undefined;
  /** On the clock of `performance.now()`: when the host handed the call over. */
  readonly receivedAt: number;
  /** Milliseconds this call waited for a person. */
  readonly reviewMs: number;
  /** Adds to the record that is written when the act has ended. */
  note(notes: ActNotes): void;
}
