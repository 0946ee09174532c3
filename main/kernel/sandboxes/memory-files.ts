import type { Profile } from './profiles.ts';

/** How large each file system may be that lies in the sandbox's memory. */
export interface MemoryFiles {
  readonly tmpBytes: number;
  readonly homeBytes: number;
  /** `/dev/shm`. */
  readonly sharedMemoryBytes: number;
}

/** What the engines give where they are not asked. */
const SHARED_MEMORY_BYTES = 64 * 1024 * 1024;
const SHARED_PART = 16;
/** A file system of no size has no limit (tmpfs(5)). */
const PAGE_BYTES = 4096;

/**
 * Files in memory stay when the commands that wrote them are ended for want of memory. If they could take all of it, the
 * agent would be the only thing left to end. Together they have half of it at most, whatever the profile says.
 */
export function memoryFiles(profile: Pick<Profile, 'memoryBytes' | 'tmpBytes' | 'homeBytes'>): MemoryFiles {
  const sharedMemoryBytes = Math.min(SHARED_MEMORY_BYTES, wholePages(profile.memoryBytes / SHARED_PART));
  const share = (profile.memoryBytes / 2 - sharedMemoryBytes) / (profile.tmpBytes + profile.homeBytes);
  if (share >= 1) return { tmpBytes: profile.tmpBytes, homeBytes: profile.homeBytes, sharedMemoryBytes };
  return {
    tmpBytes: wholePages(profile.tmpBytes * share),
    homeBytes: wholePages(profile.homeBytes * share),
    sharedMemoryBytes,
  };
}

function wholePages(bytes: number): number {
  return Math.max(1, Math.floor(bytes / PAGE_BYTES)) * PAGE_BYTES;
}
