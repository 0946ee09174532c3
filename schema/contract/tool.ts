import Type, { type Static } from 'typebox';
import { Decision } from '../policy.ts';
import { SessionId, Tool, ToolName } from '../entities.ts';
import { area, call, stream, SESSION_KEYS } from './contract.ts';

/** The last event is the result. `overheadMs` is all time but the tool's own and a person's. */
export const ToolEvent = Type.Union([
  Type.Object({
    type: Type.Literal('progress'),
    message: Type.String(),
    done: Type.Optional(Type.Number()),
    total: Type.Optional(Type.Number()),
  }),
  Type.Object({ type: Type.Literal('output'), text: Type.String() }),
  Type.Object({
    type: Type.Literal('result'),
    result: Type.Unknown(),
    decision: Decision,
    durationMs: Type.Number(),
    overheadMs: Type.Number(),
    truncated: Type.Optional(Type.Boolean()),
    /** Of a tool that gives files or a patch: the difference, computed or checked against what the session has. */
    patch: Type.Optional(Type.String()),
  }),
]);
export type ToolEvent = Static<typeof ToolEvent>;

export const tool = area('tool', {
  list: call({
    about: 'List the tools of all enabled plugins with their schemas',
    effect: 'read',
    http: { method: 'GET', path: '/tools' },
    keys: 'any',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ tools: Type.Array(Tool) }),
    faults: [],
  }),
  watch: stream({
    about: 'Follow the tools of all enabled plugins; the first event comes at once',
    effect: 'read',
    always: true,
    keys: 'any',
    input: Type.Object({}),
    event: Type.Object({ tools: Type.Array(Tool) }),
    faults: [],
  }),
  call: stream({
    about: 'Call a tool in the sandbox of a session, with live output',
    effect: 'write',
    http: { method: 'POST', path: '/tools/{name}/call' },
    keys: SESSION_KEYS,
    input: Type.Object({ session: SessionId, name: ToolName, input: Type.Unknown() }),
    event: ToolEvent,
    faults: [
      'tool_unknown',
      'tool_failed',
      'tool_timeout',
      'schema_too_costly',
      'session_not_running',
      'sandbox_failed',
    ],
  }),
});
