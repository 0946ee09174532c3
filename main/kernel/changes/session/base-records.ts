import type { SessionId } from '../../../../schema/entities.ts';
import type { BytePath } from '../files/byte-path.ts';
import type { FileState } from '../files/file-state.ts';

/** Port: what a path held in the workspace when it first appeared in a session's layer. The content is in the content store. */
export interface BaseRecords {
  load(session: SessionId): Promise<Map<BytePath, FileState>>;
  /** Later entries replace earlier ones; null takes one back. They survive the end of the process once it resolves. */
  append(session: SessionId, entries: ReadonlyMap<BytePath, FileState | null>): Promise<void>;
  /** What was appended survives a power cut once it resolves. */
  sync(session: SessionId): Promise<void>;
}
