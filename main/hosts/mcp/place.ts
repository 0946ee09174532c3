import type { SessionId } from '../../../schema/entities.ts';
import type { KernelTool } from './kernel-tool.ts';

/** A session that an agent may use, and what its people call it. */
export interface KnownSession {
  readonly id: SessionId;
  readonly title: string;
}

/** Where an agent works: how it comes by a sandbox, and which sessions exist for it. */
export interface Place {
  /** The session that every call is about, where there is just one. */
  readonly only: SessionId | undefined;
  /** Starting, stopping and listing sandboxes. */
  readonly tools: readonly KernelTool[];
  /** @throws Fault for a session that is not there or not within reach: an agent cannot tell which */
  check(session: SessionId): Promise<void>;
  /** The newest first. */
  sessions(): Promise<readonly KnownSession[]>;
  /** Whether it may read the audit records of its sessions. */
  readonly records: 'readable' | 'closed';
  /** Their sessions, again whenever one changes; absent where nobody tells. */
  watch?(signal: AbortSignal): AsyncIterable<{ readonly sessions: readonly { readonly id: string }[] }>;
}
