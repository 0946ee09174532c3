import type { ContainerRuntime } from './container-runtime.ts';

/** The container engine, looked for when it is first needed and again after it was lost. */
export class EngineAccess {
  readonly #connect: () => Promise<ContainerRuntime>;
  #connecting: Promise<ContainerRuntime> | undefined;

  constructor(connect: () => Promise<ContainerRuntime>) {
    this.#connect = connect;
  }

  /** Throws what the search for an engine throws: `engine_unavailable`, `engine_forbidden`. */
  get(): Promise<ContainerRuntime> {
    this.#connecting ??= this.#connect().catch((thrown: unknown) => {
      this.#connecting = undefined;
      throw thrown;
    });
    return this.#connecting;
  }

  /** The engine is gone, or another was chosen: the next `get` looks again. */
  forget(): void {
    this.#connecting = undefined;
  }
}
