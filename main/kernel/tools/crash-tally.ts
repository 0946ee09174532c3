import type { AgentConnection } from '../sandboxes/agent-port.ts';

/** A call that is being answered. */
export interface AnsweredCall {
  readonly connection: AgentConnection;
  readonly plugin: string;
}

/** Tells crashes apart from the calls that they end: however many calls a plugin was answering when it ended, it ended once. */
export class CrashTally {
  #turn = 0;
  /** When the last crash of each plugin was noticed. */
  readonly #noticed = new WeakMap<AgentConnection, Map<string, number>>();

  /** The call goes to its plugin now. Gives what to ask when it was ended by a crash: true for the first of those that the same one ended. */
  begin({ connection, plugin }: AnsweredCall): () => boolean {
    const begun = ++this.#turn;
    return () => {
      const ofSandbox = this.#noticed.get(connection) ?? new Map<string, number>();
      this.#noticed.set(connection, ofSandbox);
      if (begun < (ofSandbox.get(plugin) ?? 0)) return false;
      ofSandbox.set(plugin, ++this.#turn);
      return true;
    };
  }
}
