/** Things to take down, in the reverse order of their making. One that fails does not stop the others; the first failure is thrown at the end. */
export class Disposers implements AsyncDisposable {
  readonly #steps: (() => unknown)[] = [];

  /** Takes charge of `resource` and gives it back. */
  add<T extends Disposable | AsyncDisposable>(resource: T): T {
    this.#steps.push(() =>
      Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose](),
    );
    return resource;
  }

  /** Has `step` run when it is its turn. */
  defer(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
