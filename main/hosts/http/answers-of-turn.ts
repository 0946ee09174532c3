/** Sends one answer. Must not throw. */
export type SendAnswer = () => void;

/**
 * Holds answers back until the turn of the event loop in which they were ready has read all requests that had come, and sends
 * them one after another then. To send to a client that sleeps wakes it, which takes the sender as long as all the rest of a small call:
 * where answers go out one by one, between the requests, that is paid for each of them. Whoever asks alone waits for nothing.
 */
export class AnswersOfTurn {
  #ready: SendAnswer[] = [];

  send(answer: SendAnswer): void {
    if (this.#ready.length === 0) setImmediate(() => this.#sendAll());
    this.#ready.push(answer);
  }

  #sendAll(): void {
    const ready = this.#ready;
    this.#ready = [];
    for (const answer of ready) answer();
  }
}
