import { writeFileSync } from 'node:fs';

/**
 * The processes that this program started and whose end somebody here waits for: libuv or node-pty. They are listed from
 * the moment they are started, so that the reaper never takes an exit status from who waits for it.
 */
export class OwnChildren {
  readonly #pids = new Set<number>();
  /** Collects the others that have ended: until then they count against the sandbox's limit of processes. */
  collectOthers: () => void = () => undefined;

  /** Starts a process and lists it. */
  start<Started extends { readonly pid?: number | undefined }>(begin: () => Started): Started {
    this.collectOthers();
    const started = begin();
    if (started.pid !== undefined) {
      this.#pids.add(started.pid);
      endBeforeUs(started.pid);
    }
    return started;
  }

  /** Call when its exit status has arrived. */
  delete(pid: number | undefined): void {
    if (pid !== undefined) this.#pids.delete(pid);
  }

  /** Sends a signal to each; those that have just ended get none. */
  signal(signal: NodeJS.Signals): void {
    for (const pid of this.#pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // Its exit status is on its way.
      }
    }
  }

  has(pid: number): boolean {
    return this.#pids.has(pid);
  }
}

/** Of -1000 to 1000 (proc(5), oom_score_adj): half of all memory counts as this process's. */
const SCORE = '500';

/** When memory runs out, the system shall end what was started here, with its children, and not this program, which is the whole sandbox. */
function endBeforeUs(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, SCORE);
  } catch {
    // It has ended already, or there is no such file on this system.
  }
}
