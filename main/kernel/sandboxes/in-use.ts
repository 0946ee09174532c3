import type { SandboxId, SessionId } from '../../../schema/entities.ts';

type Id = SandboxId | SessionId;

/** Sandboxes and sessions that nothing has a record of while somebody works with them: a helper's container, a probe's layer. What removes leftovers leaves theirs alone. */
export class InUse {
  readonly #ids = new Set<string>();

  /** They are in use until this is disposed of. `ids` are new ones: nobody else holds them. */
  hold(...ids: readonly Id[]): Disposable {
    for (const id of ids) this.#ids.add(id);
    return {
      [Symbol.dispose]: () => {
        for (const id of ids) this.#ids.delete(id);
      },
    };
  }

  has(id: string | undefined): boolean {
    return id !== undefined && this.#ids.has(id);
  }
}
