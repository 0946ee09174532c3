/**
 * The processes that this program started and whose end somebody here waits for: libuv or node-pty. They are listed from
 * the moment they are started, so that the reaper never takes an exit status from who waits for it.
 */
export class OwnChildren {
  readonly #pids = new Set<number>();

  /** Call in the same turn as the start. */
  add(pid: number | undefined): void {
    if (pid !== undefined) this.#pids.add(pid);
  }

  /** Call when its exit status has arrived. */
  delete(pid: number | undefined): void {
    if (pid !== undefined) this.#pids.delete(pid);
  }

  has(pid: number): boolean {
    return this.#pids.has(pid);
  }
}
