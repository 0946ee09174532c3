import type { SessionId } from '../../../../schema/entities.ts';
import type { Content } from './content.ts';

/** Port: the old contents that a session's changes are judged against and undone with, by SHA-256 (hexadecimal). */
export interface ContentStore {
  /** Putting the same bytes twice keeps them once. `sha256`: their digest, where the caller has just made it of these very bytes. */
  put(content: Content, sha256?: string): Promise<string>;
  has(sha256: string): Promise<boolean>;
  /** Rejects with ContentLost when it does not hold them, or no longer whole. */
  get(sha256: string): Promise<Content>;
  /** What was put survives the end of the process once it resolves. */
  flush(): Promise<void>;
  /** What was put survives a power cut once it resolves. */
  sync(): Promise<void>;
}

/** Port: one store for each session; it goes when the session goes. */
export interface ContentStores {
  of(session: SessionId): ContentStore;
  remove(session: SessionId): Promise<void>;
}
