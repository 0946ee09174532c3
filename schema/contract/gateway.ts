import Type, { type Static } from 'typebox';
import { Failure, TimeMs } from '../entities.ts';
import { area, call, stream } from './contract.ts';

const PortChoice = Type.Integer({ minimum: 0, maximum: 65_535, description: '0: one that is free' });

const KindOfKey = Type.Union([
  Type.Literal('admin'),
  Type.Literal('namespace'),
  Type.Literal('session'),
  Type.Literal('model'),
]);

/** What a program that steers a model starts to reach this kernel: `cavern`, however it is started here. */
export const CavernProgram = Type.Object({
  command: Type.String(),
  args: Type.Array(Type.String()),
  home: Type.Union([Type.String(), Type.Null()], { description: 'Where it is not the platform’s own place' }),
});
export type CavernProgram = Static<typeof CavernProgram>;

/** Whether programs can come in over HTTP and MCP, and where. */
export const GatewayStatus = Type.Object({
  state: Type.Union([Type.Literal('off'), Type.Literal('on'), Type.Literal('failed')]),
  url: Type.Union([Type.String(), Type.Null()], {
    description: 'On 127.0.0.1 unless the settings or the command line say otherwise; null while it is off',
  }),
  port: PortChoice,
  openedBy: Type.Union([Type.Literal('operator'), Type.Literal('command line'), Type.Null()], {
    description: 'What the command line opens ends with its process; what the operator turns on comes again',
  }),
  since: Type.Optional(TimeMs),
  failure: Type.Optional(Failure),
  program: CavernProgram,
});
export type GatewayStatus = Static<typeof GatewayStatus>;

export const ConnectionKind = Type.Union([
  Type.Literal('http'),
  Type.Literal('events'),
  Type.Literal('websocket'),
  Type.Literal('mcp'),
]);
export type ConnectionKind = Static<typeof ConnectionKind>;

/** One client that is connected. */
export const GatewayConnection = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  kind: ConnectionKind,
  key: Type.Union([Type.String(), Type.Null()], {
    description: 'How its key begins; null: it has shown none that is good',
  }),
  since: TimeMs,
  requests: Type.Integer({ minimum: 0 }),
});
export type GatewayConnection = Static<typeof GatewayConnection>;

/** One request that was answered. Nothing of what the client wrote is in it: the route is the contract's own. */
export const GatewayRequest = Type.Object({
  seq: Type.Integer({ minimum: 1 }),
  at: TimeMs,
  method: Type.String(),
  route: Type.Union([Type.String(), Type.Null()], { description: 'Null: there is no such address' }),
  key: Type.Union([Type.String(), Type.Null()]),
  status: Type.Integer(),
  durationMs: Type.Number({ minimum: 0 }),
});
export type GatewayRequest = Static<typeof GatewayRequest>;

/** What keys of one kind may do, and how much of it they did in the last minute. */
export const GatewayLimit = Type.Object({
  kind: KindOfKey,
  requestsPerMinute: Type.Integer({ minimum: 1, description: 'Of each key' }),
  keys: Type.Integer({ minimum: 0, description: 'How many were used in the last minute' }),
  used: Type.Integer({ minimum: 0, description: 'What the busiest of them used of its minute' }),
  busiest: Type.Union([Type.String(), Type.Null()], { description: 'How that key begins' }),
  refused: Type.Integer({ minimum: 0, description: 'Requests over the limit since the kernel started' }),
});
export type GatewayLimit = Static<typeof GatewayLimit>;

/** What goes on now; `requests` holds those that were answered since the event before, the oldest first. */
export const GatewayTraffic = Type.Object({
  connections: Type.Array(GatewayConnection, { description: 'At most 100, the oldest first' }),
  connected: Type.Integer({ minimum: 0 }),
  requests: Type.Array(GatewayRequest, { description: 'At most 200' }),
  answered: Type.Integer({ minimum: 0, description: 'Since the kernel started' }),
  limits: Type.Array(GatewayLimit),
});
export type GatewayTraffic = Static<typeof GatewayTraffic>;

export const gateway = area('gateway', {
  status: call({
    about: 'Tell whether HTTP and MCP are served, and where',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: GatewayStatus,
    faults: [],
  }),
  watch: stream({
    about: 'Follow whether HTTP and MCP are served; the first event comes at once',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    event: GatewayStatus,
    faults: [],
  }),
  enable: call({
    about:
      'Serve HTTP and MCP on this machine, now and whenever the kernel runs; another port takes the place of the one before',
    effect: 'grant',
    input: Type.Object({ port: PortChoice }, { examples: [{ port: 0 }] }),
    output: GatewayStatus,
    faults: ['port_taken', 'storage_failed', 'invalid_address', 'tls_needed', 'tls_invalid'],
  }),
  disable: call({
    about: 'Stop serving HTTP and MCP: connections end at once, and nothing is served until it is turned on again',
    effect: 'write',
    always: true,
    input: Type.Object({}),
    output: GatewayStatus,
    faults: ['storage_failed'],
  }),
  traffic: stream({
    about: 'Follow who is connected, what is asked and how much of the limits is used, at most twice a second',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    event: GatewayTraffic,
    faults: [],
  }),
});
