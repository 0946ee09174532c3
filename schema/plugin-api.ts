/**
 * Versions of the protocol between a plugin and whoever serves it: the current one and the one before. A plugin names its own
 * in its manifest and in its hello. In a file of its own and without a library, as both ends inside a sandbox load it.
 *
 * 1: the time that a call took is the event `tool.finished { durationMs }`, the response's result is the tool's output.
 * 2: the response's result is `{ output, durationMs }`, one frame in the place of two.
 */
export const PLUGIN_API = { from: 1, to: 2 } as const;

export type PluginApi = (typeof PLUGIN_API)['from' | 'to'];

export function isServedApi(api: unknown): api is PluginApi {
  return api === PLUGIN_API.from || api === PLUGIN_API.to;
}

/** What is said of a plugin whose version is not served: its own and those that are. */
export function unservedApi(api: unknown): { readonly message: string; readonly data: object } {
  const asked = typeof api === 'number' ? api : null;
  const named = asked === null ? 'no API version' : `API ${asked}`;
  return {
    message: `it speaks ${named}, served are ${PLUGIN_API.from} and ${PLUGIN_API.to}`,
    data: { asked, served: [PLUGIN_API.from, PLUGIN_API.to] },
  };
}

/** What a tool gave, and the milliseconds that it says it took. */
export interface PluginAnswer {
  readonly output: unknown;
  readonly durationMs?: number;
}

/** Comes from a sandbox: what is of no such form has no output. */
export function readPluginAnswer(value: unknown): PluginAnswer {
  if (typeof value !== 'object' || value === null || !('output' in value)) return { output: undefined };
  const { output } = value;
  const durationMs = 'durationMs' in value ? value.durationMs : undefined;
  return typeof durationMs === 'number' ? { output, durationMs } : { output };
}
