const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

/** A value that prints as `[secret]` wherever it ends up by accident: string concatenation, JSON, the console. */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Call it where it is used, never to pass it on. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspectCustom](): string {
    return '[secret]';
  }
}
