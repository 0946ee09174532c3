import type { HostAnswer, HostCall } from '../../../schema/agent-protocol.ts';
import type { ActId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import type { Caller } from '../dispatch/context.ts';
import type { Dispatch, Request } from '../dispatch/dispatch.ts';
import type { AuditPort, GivenToken, Subject } from '../dispatch/ports.ts';
import type { AskingPlugin, HostCallsOf, ToolInput, ToolSource } from '../tools/ports.ts';
import { PluginPaces } from '../tools/plugin-paces.ts';
import { ungranted } from './granted.ts';

export interface HostCallsOptions {
  readonly dispatch: Pick<Dispatch, 'call' | 'stream'>;
  readonly source: Pick<ToolSource, 'tool'>;
  /** What a call of a tool is about, as the policy will see it. */
  readonly subjects: (input: ToolInput, signal: AbortSignal) => Promise<readonly Subject[]>;
  readonly audit: Pick<AuditPort, 'record'>;
  readonly clock: Clock;
}

/** Calls that a plugin may ask for at once, and in each second. One whose answer is long counts as several. */
export const HOST_CALL_LIMITS = { burst: 200, perSecond: 200 };
const BYTES_OF_A_CALL = 64 * 1024;

interface Asked extends Omit<HostCall, 'of'> {
  readonly asking: AskingPlugin;
  readonly signal: AbortSignal;
}

/**
 * Answers what plugins ask for from inside of a sandbox. Who asks is what the kernel found by itself: the container and the
 * process by its own end of the connection, the plugin and the session by the call that it had given it. The manifest bounds
 * what may be asked at all; then the call goes the way of every call, and the policy decides. A plugin that asks for more than its
 * share waits: asking costs it nothing, and answering costs the kernel time that others want.
 */
export function hostCalls(options: HostCallsOptions): HostCallsOf {
  const paces = new PluginPaces(options.clock, HOST_CALL_LIMITS);
  return (asking) =>
    async ({ of: _of, ...call }, signal) => {
      await paces.spend(asking, 1, signal);
      if (signal.aborted) throw new Fault('cancelled', 'The call was cancelled while it waited');
      const answered = await answer(options, { ...call, asking, signal });
      paces.charge(asking, Math.floor(textLength(answered.result) / BYTES_OF_A_CALL));
      return answered;
    };
}

/** Of all texts in an answer, which is where its length is. */
function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let length = 0;
  for (const member of Object.values(value)) length += textLength(member);
  return length;
}

async function answer(options: HostCallsOptions, asked: Asked): Promise<HostAnswer> {
  const request = await requestOf(options, asked);
  let given: GivenToken | undefined;
  const capability = {
    shown: asked.token,
    onGiven: asked.wants === undefined ? undefined : (token: GivenToken) => void (given = token),
  };
  const result = await run(options.dispatch, { ...request, capability });
  return { result, ...(given === undefined ? {} : { token: given }) };
}

function callerOf({ plugin, tags, peer }: AskingPlugin): Caller {
  return { actor: `plugin:${plugin}`, tags, containerId: peer.containerId, peerPid: peer.pid };
}

/** Two calls can be asked for: the list of tools, and one of them, in the session that the plugin works for and no other. */
async function requestOf(options: HostCallsOptions, asked: Asked): Promise<Request> {
  const { method, asking, signal } = asked;
  const caller = callerOf(asking);
  // Without a container that the system vouches for there is nobody to give anything to.
  if (caller.containerId === '') throw refused(options, asked, 'the system does not say which container asks');
  if (method === 'tool.list') return { method, input: {}, caller, signal, review: 'wait' };
  if (method !== 'tool.call') throw refused(options, asked, 'plugins ask for tool.call and tool.list');
  const { name, input }: { name?: unknown; input?: unknown } =
    typeof asked.input === 'object' && asked.input !== null ? asked.input : {};
  if (typeof name !== 'string') throw new Fault('invalid_input', 'Cannot call a tool: its name is missing');
  const wanted = { session: asking.session, name, input: input ?? {} };
  const why = await beyondManifest(options, asked, wanted);
  if (why !== undefined) throw refused(options, asked, why);
  return { method, input: wanted, caller, signal, review: 'wait' };
}

async function beyondManifest(
  { source, subjects }: HostCallsOptions,
  { asking, signal }: Asked,
  wanted: ToolInput,
): Promise<string | undefined> {
  const found = await source.tool(wanted.name);
  // What there is no tool for, dispatch answers.
  if (found === undefined) return undefined;
  return ungranted(asking.capabilities, found.tool.effects, await subjects(wanted, signal));
}

/** The last event of a stream is what a plugin waits for. */
async function run(dispatch: HostCallsOptions['dispatch'], request: Request): Promise<unknown> {
  if (request.method !== 'tool.call') return dispatch.call(request);
  let last: unknown;
  for await (const event of dispatch.stream(request)) last = event;
  return typeof last === 'object' && last !== null && 'result' in last ? last.result : null;
}

function refused({ audit }: HostCallsOptions, { method, asking }: Asked, why: string): Fault {
  const { actor } = callerOf(asking);
  const named = method.slice(0, 64);
  const reason = `not_granted: ${why}`.slice(0, 500);
  audit.record({
    type: 'call_decided',
    act: newId<ActId>(),
    actor,
    session: asking.session,
    decision: 'deny',
    reason,
    data: { call: named },
  });
  return new Fault('not_granted', `Cannot call ${named} for plugin "${asking.plugin}": ${why}`, {
    why: 'A plugin may ask for what its manifest lists under capabilities, and for nothing else.',
    fix: 'List it in plugin.json, or do without it.',
  });
}
