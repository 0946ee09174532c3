import type { SandboxId } from '../../../schema/entities.ts';
import type { Clock } from '../../base/clock.ts';
import type { Peer } from '../../platform/framed-socket/peer-credentials.ts';

/** Why a connection was not accepted, or ended. */
export interface AgentRefusal {
  readonly sandbox: SandboxId;
  readonly reason: string;
  /** The last one that was refused for it. */
  readonly peer: Peer;
  /** How often since it was last reported. */
  readonly times: number;
}

const QUIET_MS = 10_000;

interface Counted {
  peer: Peer;
  times: number;
  timer: Disposable;
}

/**
 * Reports each reason at once, and repetitions together: a program in a sandbox can connect as often as it likes, and
 * must not fill the log and the audit chain with it. Disposing reports what was counted meanwhile, and nothing after it.
 */
export class RefusalReport implements Disposable {
  readonly #sandbox: SandboxId;
  readonly #clock: Clock;
  readonly #report: (refusal: AgentRefusal) => void;
  readonly #quiet = new Map<string, Counted>();
  #disposed = false;

  constructor(sandbox: SandboxId, clock: Clock, report: (refusal: AgentRefusal) => void) {
    this.#sandbox = sandbox;
    this.#clock = clock;
    this.#report = report;
  }

  add(reason: string, peer: Peer): void {
    if (this.#disposed) return;
    const counted = this.#quiet.get(reason);
    if (counted !== undefined) {
      counted.peer = peer;
      counted.times += 1;
      return;
    }
    this.#report({ sandbox: this.#sandbox, reason, peer, times: 1 });
    this.#count(reason, peer);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const [reason, { peer, times, timer }] of this.#quiet) {
      timer[Symbol.dispose]();
      if (times > 0) this.#report({ sandbox: this.#sandbox, reason, peer, times });
    }
    this.#quiet.clear();
  }

  #count(reason: string, peer: Peer): void {
    const timer = this.#clock.setTimer(QUIET_MS, () => this.#sum(reason));
    this.#quiet.set(reason, { peer, times: 0, timer });
  }

  #sum(reason: string): void {
    const counted = this.#quiet.get(reason);
    this.#quiet.delete(reason);
    if (counted === undefined || counted.times === 0) return;
    const { peer, times } = counted;
    this.#report({ sandbox: this.#sandbox, reason, peer, times });
    this.#count(reason, peer);
  }
}
