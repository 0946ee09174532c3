/** How many turns each owner (a session, a plugin) may have or wait for its slot with at once; whoever comes after them waits for one of its own. */
export class SharedPlaces {
  readonly #most: number;
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Resolves with how to give the place back, which does nothing the second time; undefined where the signal aborts first. */
  async take(owner: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    const taken = this.#taken.get(owner) ?? 0;
    if (taken >= this.#most) {
      if (!(await this.#handedOn(owner, signal))) return undefined;
    } else this.#taken.set(owner, taken + 1);
    let isHeld = true;
    return () => {
      if (isHeld) this.#give(owner);
      isHeld = false;
    };
  }

  #handedOn(owner: string, signal: AbortSignal): Promise<boolean> {
    const line = this.#waiting.get(owner) ?? [];
    this.#waiting.set(owner, line);
    return new Promise((resolve) => {
      const begin = (): void => {
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      const leave = (): void => {
        line.splice(line.indexOf(begin), 1);
        if (line.length === 0) this.#waiting.delete(owner);
        resolve(false);
      };
      line.push(begin);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** To who waits for it longest. */
  #give(owner: string): void {
    const line = this.#waiting.get(owner);
    const next = line?.shift();
    if (line?.length === 0) this.#waiting.delete(owner);
    if (next !== undefined) return next();
    const left = (this.#taken.get(owner) ?? 1) - 1;
    if (left === 0) this.#taken.delete(owner);
    else this.#taken.set(owner, left);
  }
}
