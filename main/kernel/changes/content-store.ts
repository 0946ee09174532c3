import type { Content } from './content.ts';

/** Port: bytes by their SHA-256 (hexadecimal). Putting the same bytes twice keeps them once. */
export interface ContentStore {
  put(content: Content): Promise<string>;
  has(sha256: string): Promise<boolean>;
  /** Rejects when it does not hold them. */
  get(sha256: string): Promise<Content>;
  /** What was put before the call survives a power cut once it resolves. */
  sync(): Promise<void>;
}
