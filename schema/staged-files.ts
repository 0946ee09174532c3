/** The name under which something lies until it takes another's place, but for the random part. */
export const STAGED_PREFIX = '.cavern-';

/** The variable that marks a plugin's process in a sandbox, and all it starts. */
export const CALL_MARK = 'CAVERN_CALL';

/**
 * Where the process with a mark notes what it has staged, each as a symbolic link to it. A process that is killed takes nothing away any
 * more; the sandbox's agent does, by these notes. It is gone with the sandbox.
 */
export function stagingNotes(mark: string): string {
  return `/tmp/.cavern-staged-${mark}`;
}
