import { eventCostBytes, PLUGIN_ANSWER_PROTOCOL, PLUGIN_START_PROTOCOL } from '../../../schema/agent-protocol.ts';
import type { ToolEvent } from '../../../schema/contract/tool.ts';
import { Fault } from '../../../schema/fault.ts';
import { type PluginAnswer, readPluginAnswer } from '../../../schema/plugin-api.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';
import type { Caller } from '../dispatch/context.ts';
import { filledServerStart } from '../plugins/server-start.ts';
import { HeldTurn, type TakeTurn } from '../scheduler/turn.ts';
import type { CallDeadline } from './call-deadline.ts';
import type { CrashTally } from './crash-tally.ts';
import type { AskingPlugin, HostCallsOf, OperatorIdentity, ToolInput, ToolSandboxes, ToolSource } from './ports.ts';
import type { PreparedTool } from './prepared-tools.ts';
import { toolFault } from './tool-failure.ts';

export interface SandboxCallOptions {
  readonly source: Pick<ToolSource, 'onCrash' | 'settingsOf'>;
  readonly sandboxes: Pick<ToolSandboxes, 'connection' | 'plugins'>;
  /** Waits until it is a call's turn to be answered by the sandbox. */
  readonly takeTurn?: TakeTurn;
  /** Who commits are by; asked once a call of a plugin that may know. */
  readonly operator: () => Promise<OperatorIdentity | undefined>;
  /** Answers what a plugin asks for while it answers a call. */
  readonly hostCalls?: HostCallsOf;
}

/** A call whose input has been validated. */
export interface RunningCall {
  readonly prepared: PreparedTool;
  readonly call: ToolInput;
  readonly caller: Caller;
  readonly crashes: CrashTally;
  /** What is waited for before the plugin can begin is not part of it. */
  readonly deadline: Pick<CallDeadline, 'begin' | 'halt'>;
  readonly signal: AbortSignal;
  readonly emit: (event: ToolEvent) => Promise<void>;
  /** Says that something came from the plugin, that costs so many bytes; resolves when the next may come. */
  readonly spend: (bytes: number) => Promise<void> | undefined;
}

export interface ToolAnswer {
  readonly result: unknown;
  readonly durationMs: number;
}

/** Has a plugin answer in its sandbox, the session's or its own, when it is the call's turn. */
export async function callInSandbox(options: SandboxCallOptions, running: RunningCall): Promise<ToolAnswer> {
  const { prepared, call, caller, signal: asked } = running;
  const { tool } = prepared;
  try {
    // A session without a sandbox is told so at once.
    options.sandboxes.connection(call.session);
    const effect = tool.effects.every((one) => one === 'read') ? 'read' : 'write';
    // What its own sandbox may use is what the scheduler counts for it.
    const own = prepared.own === undefined ? {} : { profile: prepared.own.profile, plugin: tool.plugin };
    const order = { kind: call.name, session: call.session, effect, ...own } as const;
    const taken = await options.takeTurn?.(order, { caller, signal: asked });
    using turn = new HeldTurn(taken ?? { signal: asked, end: () => undefined });
    const answer = await inItsSandbox(options, { ...running, signal: turn.signal });
    turn.done();
    return answer;
  } catch (thrown) {
    throw toolFault(thrown, { tool: call.name, through: 'sandbox' });
  }
}

/**
 * What came with the program works in the session's sandbox, what others wrote each in its own. The plugins' source is told of one that
 * ended where it should have answered.
 */
async function inItsSandbox(options: SandboxCallOptions, running: RunningCall): Promise<ToolAnswer> {
  const { prepared, call, crashes, deadline, signal } = running;
  const { own, tool, entry } = prepared;
  const { plugin } = tool;
  const { sandboxes, source } = options;
  let isNewCrash = (): boolean => false;
  const answer = (connection: AgentConnection): Promise<ToolAnswer> => {
    isNewCrash = crashes.begin({ connection, plugin });
    return request(options, running, connection);
  };
  try {
    if (own === undefined || sandboxes.plugins === undefined) return await answer(sandboxes.connection(call.session));
    deadline.halt();
    const place = { ...own, session: call.session, plugin, entry };
    return await sandboxes.plugins.use(place, signal, (connection) => {
      deadline.begin();
      return answer(connection);
    });
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'plugin_failed' && isNewCrash()) source.onCrash?.(plugin);
    throw thrown;
  }
}

async function request(
  options: SandboxCallOptions,
  running: RunningCall,
  connection: AgentConnection,
): Promise<ToolAnswer> {
  const { prepared, call, caller, signal, emit, spend } = running;
  const { tool, tags, capabilities, calledAs } = prepared;
  const knows = capabilities.some(({ name }) => name === 'operator.identity');
  const operator = knows ? await options.operator() : undefined;
  const startedAt = performance.now();
  let saidMs: number | undefined;
  const asking: AskingPlugin = {
    plugin: tool.plugin,
    tags,
    capabilities,
    session: call.session,
    peer: connection.peer,
  };
  // What a plugin asked for asks for nothing further: no circle, and no ladder of tools that act for each other.
  const onCall = caller.containerId === '' ? options.hostCalls?.(asking) : undefined;
  const settings = await options.source.settingsOf?.(tool.plugin);
  const params = {
    tool: calledAs ?? call.name,
    input: call.input,
    ...(operator ? { operator } : {}),
    ...(settings ? { settings } : {}),
  };
  const start = startOf(prepared, settings, connection);
  const answer = await connection.request(
    'plugin.request',
    { ...start, method: 'tool.call', params },
    {
      signal,
      ...(onCall === undefined ? {} : { onCall }),
      onEvent: (method, event) => {
        const seen = toolEvent(method, event);
        if (typeof seen === 'number') saidMs = seen;
        // Until its promise resolves, the plugin is given no room for more.
        const spent = spend(eventCostBytes(event));
        return typeof seen === 'object' ? emit(seen).then(() => spent) : spent;
      },
    },
  );
  const passedMs = performance.now() - startedAt;
  const { output, durationMs = passedMs }: PluginAnswer =
    connection.hello.protocol < PLUGIN_ANSWER_PROTOCOL
      ? { output: answer, ...(saidMs === undefined ? {} : { durationMs: saidMs }) }
      : readPluginAnswer(answer);
  // Its own time is a claim from inside; it cannot be longer than what passed.
  return { result: output, durationMs: Math.max(0, Math.min(durationMs, passedMs)) };
}

/** What the agent starts the plugin with, where it does not run. */
function startOf(
  { tool: { plugin }, entry, runtime, start }: PreparedTool,
  settings: Record<string, unknown> | undefined,
  { hello }: AgentConnection,
): Record<string, unknown> {
  if (start === undefined) return { plugin, entry };
  const { program } = start;
  const { args, env } = filledServerStart(start, settings);
  const isNew = program === 'binary' || Object.keys(env).length > 0;
  if (isNew && hello.protocol < PLUGIN_START_PROTOCOL) {
    throw new Fault(
      'plugin_failed',
      `Cannot run the plugin "${plugin}": its sandbox cannot start it as its manifest says`,
      {
        why: 'An older version of Cavern has started the sandbox.',
        fix: 'Start the session anew, and call again.',
      },
    );
  }
  return { plugin, entry, runtime, program, args, env };
}

/** What a plugin told on the way: an event for the caller, the tool's own time in milliseconds (of an agent before protocol 2), or nothing that is known. */
function toolEvent(method: string, params: unknown): ToolEvent | number | undefined {
  if (typeof params !== 'object' || params === null) return undefined;
  const fields: { text?: unknown; message?: unknown; done?: unknown; total?: unknown; durationMs?: unknown } = params;
  if (method === 'tool.output' && typeof fields.text === 'string') return { type: 'output', text: fields.text };
  if (method === 'tool.finished' && typeof fields.durationMs === 'number') return fields.durationMs;
  if (method !== 'tool.progress' || typeof fields.message !== 'string') return undefined;
  const { message, done, total } = fields;
  return {
    type: 'progress',
    message,
    ...(typeof done === 'number' ? { done } : {}),
    ...(typeof total === 'number' ? { total } : {}),
  };
}
