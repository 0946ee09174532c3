import { readTerminalData, readTerminalExit } from '../../../schema/agent-protocol.ts';
import type { AttachEvent, TerminalEvent } from '../../../schema/contract/terminal.ts';
import type { Sandbox, SessionId, Terminal, TerminalId } from '../../../schema/entities.ts';
import { Fault, toFault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';
import { LiveTerminal } from './live-terminal.ts';
import type { TerminalAudit, TerminalMirror, TerminalSandboxes, TerminalSize, TerminalStore } from './ports.ts';

/** Open ones in one session. As many that have exited stay to be looked at, the newest. */
const TERMINAL_LIMIT = 64;
/** 128 + SIGKILL: what becomes of a process whose sandbox ends. */
const KILLED = 137;
/** 128 + SIGHUP: what closing does. */
const HUNG_UP = 129;

export interface TerminalsOptions {
  readonly sandboxes: TerminalSandboxes;
  readonly mirror: TerminalMirror;
  readonly store: TerminalStore;
  readonly audit: TerminalAudit;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface OpenTerminal extends TerminalSize {
  readonly session: SessionId;
  /** A login shell if absent. */
  readonly argv?: readonly string[];
}

/** The terminals of all sessions. They run in the sandboxes, and go on there while no kernel is connected. */
export class Terminals implements Disposable {
  readonly #options: TerminalsOptions;
  readonly #terminals = new Map<TerminalId, LiveTerminal>();
  readonly #stopListening: () => void;

  constructor(options: TerminalsOptions) {
    this.#options = options;
    for (const terminal of options.store.all()) {
      if (terminal.state === 'open') this.#add(terminal);
      else options.store.delete(terminal.id);
    }
    options.sandboxes.onChange((sandbox) => this.#onSandbox(sandbox));
    this.#stopListening = options.sandboxes.onConnection((session, connection) => this.adopt(session, connection));
  }

  list(session?: SessionId): Terminal[] {
    const all = [...this.#terminals.values()].map((live) => live.terminal);
    return session === undefined ? all : all.filter((terminal) => terminal.session === session);
  }

  /** Throws Fault `not_found`. */
  get(id: TerminalId): Terminal {
    return this.#find(id).terminal;
  }

  /** Throws Fault `session_not_running`, `limit_reached`, `sandbox_failed`, `disconnected`. */
  async open({ session, cols, rows, argv }: OpenTerminal): Promise<Terminal> {
    const connection = this.#options.sandboxes.connection(session);
    this.#makeRoom(session);
    const title = argv?.[0]?.split('/').at(-1) ?? 'bash';
    const openedAt = this.#options.clock.now();
    const live = this.#add({ id: newId<TerminalId>(), session, title, cols, rows, state: 'open', openedAt });
    // Before it exists: a kernel that is killed now still finds it when the agent comes back.
    this.#options.store.put(live.terminal);
    this.#follow(connection);
    try {
      await live.start(connection, argv);
    } catch (cause) {
      this.#forget(live);
      throw openFault(session, cause);
    }
    this.#options.audit.record({ type: 'terminal_opened', session, data: { terminal: live.terminal.id, title } });
    return live.terminal;
  }

  /** A snapshot of screen and scrollback, then what is printed. Throws Fault `not_found`. */
  attach(id: TerminalId, signal: AbortSignal): AsyncIterable<TerminalEvent> {
    return this.#find(id).attach(signal);
  }

  /** The same, what is printed as bytes. Throws Fault `not_found`. */
  attachBytes(id: TerminalId, signal: AbortSignal): AsyncIterable<AttachEvent> {
    return this.#find(id).attachBytes(signal);
  }

  /** Throws Fault `not_found`, `terminal_exited`, `disconnected`. */
  async write(id: TerminalId, text: string, signal: AbortSignal): Promise<void> {
    await this.#find(id).write(text, signal);
  }

  /** Throws Fault `not_found`, `terminal_exited`, `disconnected`. */
  async resize(id: TerminalId, size: TerminalSize): Promise<void> {
    await this.#find(id).resize(size);
  }

  /** Hangs up what runs in it, and forgets it. Throws Fault `not_found`. */
  close(id: TerminalId): void {
    const live = this.#find(id);
    this.#hangUp(live.terminal.session, id);
    this.#exit(live, HUNG_UP, 'closed');
    this.#forget(live);
  }

  /** Takes up the terminals of a session whose agent has connected, again or to a new kernel. */
  adopt(session: SessionId, connection: AgentConnection): void {
    this.#follow(connection);
    const there = new Set(connection.hello.terminals.map(({ terminal }) => terminal));
    for (const live of this.#of(session)) {
      if (live.terminal.state === 'exited') continue;
      if (there.has(live.terminal.id)) this.#resume(live, connection);
      else if (!live.isOn(connection)) this.#exit(live, KILLED, 'lost with its sandbox');
    }
    for (const { terminal } of connection.hello.terminals) {
      // An id is only a name here; what the sandbox calls by one that is not its own stays where it is.
      const live = this.#terminals.get(terminal as TerminalId);
      if (live?.terminal.session !== session) connection.request('terminal.close', { terminal }).catch(() => undefined);
    }
  }

  /** After a start: forgets the terminals of sessions that do not go on. */
  keepOnly(sessions: ReadonlySet<SessionId>): void {
    for (const live of this.#terminals.values()) {
      if (sessions.has(live.terminal.session)) continue;
      this.#exit(live, KILLED, 'lost with its sandbox');
      this.#forget(live);
    }
  }

  /** Ends whoever is attached; the terminals themselves go on in their sandboxes. */
  [Symbol.dispose](): void {
    this.#stopListening();
    for (const live of this.#terminals.values()) live.forget();
    this.#terminals.clear();
  }

  readonly #followed = new WeakSet<AgentConnection>();

  #follow(connection: AgentConnection): void {
    if (this.#followed.has(connection)) return;
    this.#followed.add(connection);
    connection.onEvent((method, params) => {
      if (method === 'terminal.data') {
        const data = readTerminalData(params);
        if (data !== undefined) this.#on(connection, data.terminal)?.receive(data);
      } else if (method === 'terminal.exit') {
        const exit = readTerminalExit(params);
        const live = exit === undefined ? undefined : this.#on(connection, exit.terminal);
        if (exit !== undefined && live !== undefined) this.#exit(live, exit.exitCode, 'exited');
      }
    });
  }

  /** Only what lives on this connection: one sandbox cannot write into the terminal of another. */
  #on(connection: AgentConnection, id: string): LiveTerminal | undefined {
    const live = this.#terminals.get(id as TerminalId); // An unknown name finds nothing.
    return live?.isOn(connection) === true ? live : undefined;
  }

  #resume(live: LiveTerminal, connection: AgentConnection): void {
    live.resume(connection).catch((cause: unknown) => {
      // The connection ended again; the next one resumes.
      this.#options.logger.warn('A terminal could not be taken up again', { terminal: live.terminal.id, cause });
    });
  }

  #onSandbox(sandbox: Sandbox): void {
    if (sandbox.state !== 'destroyed' && sandbox.state !== 'failed') return;
    for (const live of this.#of(sandbox.session)) this.#exit(live, KILLED, 'lost with its sandbox');
  }

  #exit(live: LiveTerminal, exitCode: number, reason: string): void {
    const { id, session } = live.terminal;
    if (!live.exit(exitCode)) return;
    this.#options.store.delete(id);
    this.#options.audit.record({ type: 'terminal_closed', session, data: { terminal: id, exitCode, reason } });
  }

  #hangUp(session: SessionId, terminal: TerminalId): void {
    try {
      const connection = this.#options.sandboxes.connection(session);
      connection.request('terminal.close', { terminal }).catch(() => undefined);
    } catch {
      // Without a sandbox there is nothing to hang up.
    }
  }

  #add(terminal: Terminal): LiveTerminal {
    const { mirror, clock, logger, store } = this.#options;
    const onChange = (changed: Terminal): void => {
      if (changed.state === 'open') store.put(changed);
    };
    const live = new LiveTerminal({ terminal, mirror, clock, logger, onChange });
    this.#terminals.set(terminal.id, live);
    return live;
  }

  #forget(live: LiveTerminal): void {
    this.#terminals.delete(live.terminal.id);
    this.#options.store.delete(live.terminal.id);
    live.forget();
  }

  #makeRoom(session: SessionId): void {
    const all = this.#of(session);
    const exited = all.filter((live) => live.terminal.state === 'exited');
    if (all.length - exited.length >= TERMINAL_LIMIT) {
      throw new Fault('limit_reached', `Cannot open a terminal: session "${session}" has ${TERMINAL_LIMIT}`, {
        fix: 'Close one that is not needed.',
      });
    }
    for (const live of exited.slice(0, Math.max(0, exited.length - TERMINAL_LIMIT + 1))) this.#forget(live);
  }

  #of(session: SessionId): LiveTerminal[] {
    return [...this.#terminals.values()].filter((live) => live.terminal.session === session);
  }

  #find(id: TerminalId): LiveTerminal {
    const live = this.#terminals.get(id);
    if (live !== undefined) return live;
    throw new Fault('not_found', `Cannot find terminal "${id}": it was closed`);
  }
}

/** What the sandbox answers is its own word; its codes do not stand for ours. */
function openFault(session: SessionId, cause: unknown): Fault {
  const fault = toFault(cause);
  if (fault.code === 'disconnected' || fault.code === 'cancelled') return fault;
  return new Fault('sandbox_failed', `Cannot open a terminal in session "${session}": the sandbox could not start it`, {
    cause,
    why: fault.why ?? fault.message,
  });
}
