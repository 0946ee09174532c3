import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';

/** An answer that is not taken within this is looked at; nearly all are with the operating system at once. */
const LOOK_AFTER_MS = 1000;
/** For an answer that is not taken to make some progress. */
const STALLED_MS = 30_000;

/** Ends connections whose clients do not take their answers. Costs next to nothing for an answer that is taken at once. */
export class AnswerWatch implements Disposable {
  readonly #clock: Clock;
  /** Answers that are under way, by their connection; true where the connection has a time limit. */
  readonly #answers = new Map<Socket, boolean>();
  #looked = new Set<Socket>();
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(socket: Socket): void {
    this.#answers.set(socket, false);
    this.#timer ??= this.#clock.setTimer(LOOK_AFTER_MS, () => this.#look());
  }

  /** The next request on the connection has as long as any. */
  end(socket: Socket): void {
    if (this.#answers.get(socket) === true) socket.setTimeout(0);
    this.#answers.delete(socket);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  #look(): void {
    this.#timer = undefined;
    const before = this.#looked;
    this.#looked = new Set(this.#answers.keys());
    for (const [socket, isLimited] of this.#answers) {
      // One that is gone never ends its answer.
      if (socket.destroyed) this.#answers.delete(socket);
      if (socket.destroyed || isLimited || !before.has(socket)) continue;
      this.#answers.set(socket, true);
      // Node's own limit: it begins anew with each piece that is taken.
      socket.setTimeout(STALLED_MS);
    }
    if (this.#answers.size > 0) this.#timer = this.#clock.setTimer(LOOK_AFTER_MS, () => this.#look());
  }
}
