/** How many turns each session may have or wait for its slot with at once; whoever comes after them waits for one of its own session. */
export class SessionPlaces {
  readonly #most: number;
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Resolves with how to give the place back, which does nothing the second time; undefined where the signal aborts first. */
  async take(session: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    const taken = this.#taken.get(session) ?? 0;
    if (taken >= this.#most) {
      if (!(await this.#handedOn(session, signal))) return undefined;
    } else this.#taken.set(session, taken + 1);
    let isHeld = true;
    return () => {
      if (isHeld) this.#give(session);
      isHeld = false;
    };
  }

  #handedOn(session: string, signal: AbortSignal): Promise<boolean> {
    const line = this.#waiting.get(session) ?? [];
    this.#waiting.set(session, line);
    return new Promise((resolve) => {
      const begin = (): void => {
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      const leave = (): void => {
        line.splice(line.indexOf(begin), 1);
        if (line.length === 0) this.#waiting.delete(session);
        resolve(false);
      };
      line.push(begin);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** To who waits for it longest. */
  #give(session: string): void {
    const line = this.#waiting.get(session);
    const next = line?.shift();
    if (line?.length === 0) this.#waiting.delete(session);
    if (next !== undefined) return next();
    const left = (this.#taken.get(session) ?? 1) - 1;
    if (left === 0) this.#taken.delete(session);
    else this.#taken.set(session, left);
  }
}
