/** Goes on with one request. Must not throw. */
export type GoOn = () => void;

/** A small call takes a tenth of a millisecond: so many leave whoever else needs the thread, the window above all, their turn soon. */
const IN_ONE_TURN = 24;

/** Lets only so many requests go on in one turn of the event loop, however many have come; the others follow, in their order. */
export class RequestsOfTurn {
  readonly #limit: number;
  #left: number;
  #waiting: GoOn[] = [];
  #isTurnWatched = false;

  constructor(limit = IN_ONE_TURN) {
    this.#limit = limit;
    this.#left = limit;
  }

  take(goOn: GoOn): void {
    if (!this.#isTurnWatched) this.#watchTurn();
    if (this.#left === 0 || this.#waiting.length > 0) {
      this.#waiting.push(goOn);
      return;
    }
    this.#left -= 1;
    goOn();
  }

  #watchTurn(): void {
    this.#isTurnWatched = true;
    setImmediate(() => this.#beginTurn());
  }

  #beginTurn(): void {
    this.#isTurnWatched = false;
    const due = this.#waiting.slice(0, this.#limit);
    this.#waiting = this.#waiting.slice(this.#limit);
    this.#left = this.#limit - due.length;
    if (due.length > 0) this.#watchTurn();
    for (const goOn of due) goOn();
  }
}
