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
}

/**
 * Reports each reason at once, and repetitions together: a program in a sandbox can connect as often as it likes, and
 * must not fill the log and the audit chain with it.
 */
export class RefusalReport {
  readonly #sandbox: SandboxId;
  readonly #clock: Clock;
  readonly #report: (refusal: AgentRefusal) => void;
  readonly #quiet = new Map<string, Counted>();

  constructor(sandbox: SandboxId, clock: Clock, report: (refusal: AgentRefusal) => void) {
    this.#sandbox = sandbox;
    this.#clock = clock;
    this.#report = report;
  }

  add(reason: string, peer: Peer): void {
    const counted = this.#quiet.get(reason);
    if (counted !== undefined) {
      counted.peer = peer;
      counted.times += 1;
      return;
    }
    this.#report({ sandbox: this.#sandbox, reason, peer, times: 1 });
    this.#quiet.set(reason, { peer, times: 0 });
    this.#clock.setTimer(QUIET_MS, () => this.#sum(reason));
  }

  #sum(reason: string): void {
    const counted = this.#quiet.get(reason);
    this.#quiet.delete(reason);
    if (counted === undefined || counted.times === 0) return;
    this.#report({ sandbox: this.#sandbox, reason, ...counted });
    this.#quiet.set(reason, { peer: counted.peer, times: 0 });
    this.#clock.setTimer(QUIET_MS, () => this.#sum(reason));
  }
}
