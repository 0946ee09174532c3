import type { PluginAnswer, PluginApi } from '../../../schema/plugin-api.ts';

/** What a plugin says while and when it answers one request, as the kernel is told it: in the words of the current API. */
export interface RelayedAnswer {
  /** Whether an event goes on to the kernel. */
  passes(method: string, params: unknown): boolean;
  /** Of the response's result. */
  whole(result: unknown): unknown;
}

const AS_IT_IS: RelayedAnswer = { passes: () => true, whole: (result) => result };

export function relayedAnswer(api: PluginApi): RelayedAnswer {
  return api === 1 ? new FirstApiAnswer() : AS_IT_IS;
}

/** Says the time before its response, in an event. */
class FirstApiAnswer implements RelayedAnswer {
  #durationMs: number | undefined;

  passes(method: string, params: unknown): boolean {
    if (method !== 'tool.finished') return true;
    const said =
      typeof params === 'object' && params !== null && 'durationMs' in params ? params.durationMs : undefined;
    if (typeof said === 'number') this.#durationMs = said;
    return false;
  }

  whole(result: unknown): PluginAnswer {
    return { output: result, ...(this.#durationMs === undefined ? {} : { durationMs: this.#durationMs }) };
  }
}
