/**
 * What the kernel and the agent inside a sandbox say to each other, in frames. The agent imports this file, so it holds
 * no library. What comes from the agent is untrusted: the kernel reads it with the functions below.
 */
export const AGENT_PROTOCOL = 4;

/**
 * A sandbox outlives the kernel, so an agent may be of the version before. 1: `plugin.request` is answered with a tool's output
 * itself, after the event `tool.finished { durationMs }`; 2: with a PluginAnswer. 3: what a terminal prints comes as bytes beside the
 * frame's JSON; before, in it, as base64. 4: `plugin.request` takes `env` and `program`, the variables of an MCP server
 * and what runs it.
 */
export const OLDEST_AGENT_PROTOCOL = 1;

/** From this version on `plugin.request` is answered with a PluginAnswer. */
export const PLUGIN_ANSWER_PROTOCOL = 2;

/** From this version on `plugin.request` takes the variables of an MCP server, and what runs it. */
export const PLUGIN_START_PROTOCOL = 4;

/** The id of events that belong to no request. */
export const NO_REQUEST = '0';

/** Events of one request that may be under way and not yet credited back. */
export const EVENT_WINDOW_BYTES = 1024 * 1024;

/** What an agent or a plugin may answer a request with: the 8 MiB of a tool's result, and what stands around it. */
export const ANSWER_LIMIT_BYTES = 8 * 1024 * 1024 + 4096;

/**
 * Output of one terminal that may be under way and not yet acknowledged; past it the agent stops reading the pty. An acknowledgement takes
 * four changes of thread: where each waits its turn on a busy machine, this much an exchange is what a terminal gets.
 */
export const TERMINAL_WINDOW_BYTES = 3 * 1024 * 1024;

/** What the agent keeps of each terminal's output; more than the window, so that nothing unsent is overwritten. */
export const TERMINAL_RING_BYTES = 4 * 1024 * 1024;

/** A terminal as the agent knows it. Offsets count bytes of output since it was opened. */
export interface AgentTerminal {
  readonly terminal: string;
  readonly cols: number;
  readonly rows: number;
  /** The oldest byte that the ring still holds. */
  readonly start: number;
  readonly end: number;
  readonly exitCode?: number;
}

/** The first event of a connection. */
export interface AgentHello {
  readonly protocol: number;
  readonly agent: string;
  readonly node: string;
  readonly pid: number;
  readonly terminals: readonly AgentTerminal[];
}

/** A limit of a sandbox that a command met. */
export type ExceededLimit = 'memory' | 'processes' | 'fileSize' | 'time';

/** What an event costs of its request's window: the same on both sides, and cheap where the event is large. */
export function eventCostBytes(params: unknown): number {
  let cost = 64;
  if (typeof params !== 'object' || params === null) return cost;
  for (const value of Object.values(params)) if (typeof value === 'string') cost += value.length;
  return cost;
}

/** Undefined for anything that is not a hello of this protocol's form, whatever its number. */
export function readAgentHello(value: unknown): AgentHello | undefined {
  if (!isRecord(value)) return undefined;
  const { protocol, agent, node, pid, terminals } = value;
  if (!isCount(protocol) || !isName(agent) || !isName(node) || !isCount(pid) || !Array.isArray(terminals))
    return undefined;
  const read = terminals.map(readAgentTerminal);
  const known = read.filter((terminal) => terminal !== undefined);
  return known.length === read.length ? { protocol, agent, node, pid, terminals: known } : undefined;
}

function readAgentTerminal(value: unknown): AgentTerminal | undefined {
  if (!isRecord(value)) return undefined;
  const { terminal, cols, rows, start, end, exitCode } = value;
  if (!isName(terminal) || !isCount(cols) || !isCount(rows) || !isCount(start) || !isCount(end)) return undefined;
  if (start > end) return undefined;
  if (exitCode === undefined) return { terminal, cols, rows, start, end };
  return isCount(exitCode) ? { terminal, cols, rows, start, end, exitCode } : undefined;
}

/** The `terminal.data` event. */
export interface TerminalData {
  readonly terminal: string;
  /** Of the first byte. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export function readTerminalData(value: unknown): TerminalData | undefined {
  if (!isRecord(value)) return undefined;
  const { terminal, offset, bytes, base64 } = value;
  if (!isName(terminal) || !isCount(offset)) return undefined;
  if (bytes instanceof Uint8Array) return { terminal, offset, bytes };
  return typeof base64 === 'string' ? { terminal, offset, bytes: Buffer.from(base64, 'base64') } : undefined;
}

/** The `terminal.exit` event. */
export interface TerminalExit {
  readonly terminal: string;
  readonly exitCode: number;
}

export function readTerminalExit(value: unknown): TerminalExit | undefined {
  if (!isRecord(value)) return undefined;
  const { terminal, exitCode } = value;
  return isName(terminal) && isCount(exitCode) ? { terminal, exitCode } : undefined;
}

/** The method of a request from inside: a plugin that answers a call asks for a call of the contract itself. */
export const HOST_CALL = 'host.call';

/** How many of them may be under way on one connection. The agent keeps to it; a connection that goes beyond twice as many ends. */
export const HOST_CALL_LIMIT = 32;

/** A call that a plugin asks for while it answers the kernel's request `of`. Who asks is the kernel's finding, never in here. */
export interface HostCall {
  readonly of: string;
  /** Of the contract: `tool.call`. */
  readonly method: string;
  readonly input: unknown;
  /** A capability token that was given for an equal call. */
  readonly token?: { readonly id: string; readonly nonce: number };
  /** The caller means to repeat the call. */
  readonly wants?: 'token';
}

/** What the bearer of a capability token is told of it. */
export interface HostToken {
  readonly id: string;
  readonly maxOps: number;
  readonly ttlMs: number;
}

export interface HostAnswer {
  readonly result: unknown;
  readonly token?: HostToken;
}

const METHOD_LENGTH_LIMIT = 128;

export function readHostCall(value: unknown): HostCall | undefined {
  if (!isRecord(value)) return undefined;
  const { of, method, input, token, wants } = value;
  if (!isName(of) || typeof method !== 'string' || method === '' || method.length > METHOD_LENGTH_LIMIT)
    return undefined;
  if (wants !== undefined && wants !== 'token') return undefined;
  const asked: HostCall = { of, method, input, ...(wants === undefined ? {} : { wants }) };
  if (token === undefined) return asked;
  if (!isRecord(token) || !isName(token['id']) || !isCount(token['nonce'])) return undefined;
  return { ...asked, token: { id: token['id'], nonce: token['nonce'] } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0; // isSafeInteger is no type guard.
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 64;
}
