import type { PluginLogLine } from '../../../schema/contract/plugin.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { Clock } from '../../base/clock.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';

const LINES_KEPT = 500;
/** As the agent cuts them; nobody outside trusts that. */
const LINE_LIMIT = 4096;

/** `own`: the plugin that has the sandbox to itself. */
type ConnectionListener = (session: SessionId, connection: AgentConnection, own?: string) => void;

export interface PluginLogsOptions {
  /** Told of every connection to a sandbox's agent. Returns how to stop listening. */
  readonly onConnection: (listener: ConnectionListener) => () => void;
  /** Whether there is a plugin of that id: a sandbox can claim any. */
  readonly isKnown: (plugin: string) => boolean;
  /** Whether it works in sandboxes of its own: what another one says in its name is not its word. */
  readonly isApart?: (plugin: string) => boolean;
  readonly redact: (text: string) => string;
  readonly clock: Clock;
}

/**
 * What plugins wrote to standard output and standard error, the newest lines of each, until the kernel ends. It comes from inside
 * of a sandbox and is taken as its word: whatever runs there can write such lines.
 */
export class PluginLogs implements Disposable {
  readonly #options: PluginLogsOptions;
  readonly #lines = new Map<string, PluginLogLine[]>();
  readonly #followed = new Map<AgentConnection, () => void>();
  readonly #stopListening: () => void;
  #next = 1;

  constructor(options: PluginLogsOptions) {
    this.#options = options;
    this.#stopListening = options.onConnection((...connected) => this.#follow(...connected));
  }

  /** Those after a number, the newest last; what a line says is redacted. */
  lines(plugin: string, after = 0): PluginLogLine[] {
    const kept = this.#lines.get(plugin) ?? [];
    return kept.filter(({ seq }) => seq > after).map((line) => ({ ...line, text: this.#options.redact(line.text) }));
  }

  forget(plugin: string): void {
    this.#lines.delete(plugin);
  }

  [Symbol.dispose](): void {
    this.#stopListening();
    for (const stop of this.#followed.values()) stop();
    this.#followed.clear();
  }

  #follow(session: SessionId, connection: AgentConnection, own?: string): void {
    if (this.#followed.has(connection)) return;
    const stop = connection.onEvent((method, params) => {
      if (method === 'plugin.log') this.#receive({ session, own }, params);
    });
    this.#followed.set(connection, stop);
    connection.onClose(() => {
      stop();
      this.#followed.delete(connection);
    });
  }

  #receive({ session, own }: { readonly session: SessionId; readonly own: string | undefined }, params: unknown): void {
    if (typeof params !== 'object' || params === null) return;
    const { plugin, stream, text }: { plugin?: unknown; stream?: unknown; text?: unknown } = params;
    if (typeof plugin !== 'string' || typeof text !== 'string' || !this.#options.isKnown(plugin)) return;
    const isApart = this.#options.isApart?.(plugin) ?? false;
    if (own === undefined ? isApart : own !== plugin) return;
    if (stream !== 'stdout' && stream !== 'stderr') return;
    const lines = this.#lines.get(plugin) ?? [];
    lines.push({ seq: this.#next++, at: this.#options.clock.now(), session, stream, text: text.slice(0, LINE_LIMIT) });
    // Cut now and then, not with every line.
    this.#lines.set(plugin, lines.length > 2 * LINES_KEPT ? lines.slice(-LINES_KEPT) : lines);
  }
}
