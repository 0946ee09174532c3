import Type, { type TSchema } from 'typebox';
import type { Area } from '../contract/contract.ts';
import { exampleOf } from './example.ts';
import { statusOf } from './fault-status.ts';
import { HttpFault, RateLimitExceeded } from './http-fault.ts';
import { answerOf, membersOf, outputOf, requiredOf, type Route, routesOf } from './routes.ts';
import { toWire, wireName, wireSchema } from './wire-names.ts';

export interface OpenApiOptions {
  readonly version: string;
  /** Where this document's server is: `http://127.0.0.1:7433`. */
  readonly url: string;
}

type Json = Readonly<Record<string, unknown>>;

const JSON_TYPE = 'application/json';
const EVENTS_TYPE = 'text/event-stream';

/** Answers that every call may have. */
const COMMON_STATUSES = [401, 403, 429, 500, 503] as const;

const STATUS_SENTENCES: Readonly<Record<number, string>> = {
  400: 'The address is not what the call takes; `errors` says where and how',
  401: 'No key, or one that is unknown, expired or revoked',
  403: 'The key opens something else, or the policy denies it or wants a person to look first',
  404: 'There is nothing of that name',
  409: 'The state it is in does not allow it, or the name is taken',
  413: 'The body is too large',
  415: 'The body is not JSON',
  422: 'The body is not what the call takes; `errors` has a JSON pointer for each mistake',
  429: 'The key has made as many requests as it may in a minute, or a limit of the machine is reached',
  500: 'The call failed',
  503: 'Something it needs is not there now: the engine, an image, the audit log',
  504: 'The tool took too long',
};

/** The OpenAPI 3.1 document of every call that is bound to HTTP. The contract's schemas are used as they are, under their names over HTTP. */
export function openApiDocument(areas: Readonly<Record<string, Area>>, options: OpenApiOptions): Json {
  const routes = routesOf(areas);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/\{([^}]*)\}/g, (_whole, name: string) => `{${wireName(name)}}`);
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cavern',
      version: options.version,
      summary: 'Sandboxes, tools, changes and their record, for scripts and programs',
      description:
        'Everything here is judged by the policy and kept in the audit chain, as it is in the window. Times are milliseconds since 1970-01-01 UTC unless they say otherwise.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      contact: { name: 'The Cavern authors' },
    },
    servers: [{ url: options.url, description: 'This machine' }],
    security: [{ key: [] }],
    tags: tagsOf(routes),
    paths: { ...paths, ...openPaths() },
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'cav_<id>_<secret>',
          description: 'A key of `cavern key issue`. An admin key opens everything, others what is theirs.',
        },
      },
      schemas: { Error: HttpFault, RateLimitExceeded },
      responses: Object.fromEntries(
        [...new Set([403, ...routes.flatMap(errorStatusesOf)])]
          .sort((a, b) => a - b)
          .map((status) => [`Status${status}`, errorResponse(status)]),
      ),
      headers: {
        RetryAfter: {
          description: 'After so many seconds it is worth trying again',
          schema: { type: 'integer', minimum: 1 },
          example: 12,
        },
      },
    },
  };
}

function tagsOf(routes: readonly Route[]): Json[] {
  const names = [...new Set(routes.map(({ area }) => area)), 'server'].sort();
  return names.map((name) => ({ name, description: `Calls of the area ${name}` }));
}

function errorResponse(status: number): Json {
  const description = STATUS_SENTENCES[status] ?? `Status ${status}`;
  const schema =
    status === 429
      ? { anyOf: [{ $ref: '#/components/schemas/RateLimitExceeded' }, { $ref: '#/components/schemas/Error' }] }
      : { $ref: '#/components/schemas/Error' };
  const example =
    status === 429
      ? exampleOf(RateLimitExceeded)
      : { error: ERROR_EXAMPLES[status] ?? 'internal', message: description };
  return {
    description,
    ...(status === 429 ? { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } } : {}),
    content: { [JSON_TYPE]: { schema, example } },
  };
}

const ERROR_EXAMPLES: Readonly<Record<number, string>> = {
  400: 'invalid_input',
  401: 'unauthenticated',
  403: 'wrong_scope',
  404: 'not_found',
  409: 'name_taken',
  413: 'body_too_large',
  415: 'not_json',
  422: 'invalid_input',
  503: 'engine_unavailable',
  504: 'tool_timeout',
};

function operationOf(route: Route): Json {
  const { member, operation, area, bodyMembers } = route;
  return {
    operationId: operation,
    tags: [area],
    summary: member.about,
    description: descriptionOf(route),
    ...(parametersOf(route).length > 0 ? { parameters: parametersOf(route) } : {}),
    ...(bodyMembers.length > 0 ? { requestBody: requestBodyOf(route) } : {}),
    responses: responsesOf(route),
  };
}

function whoMay(keys: Route['member']['keys']): string {
  if (keys === undefined) return 'Admin keys only.';
  return keys === 'any' ? 'Every key.' : `Admin keys, and ${keys.join(' and ')} keys for what is theirs.`;
}

function descriptionOf({ member, binding }: Route): string {
  const who = whoMay(member.keys);
  const effect = {
    read: 'Changes nothing.',
    write: 'Changes something.',
    grant: 'Gives a right; it is on record before it happens.',
  };
  return `${member.about}. ${effect[member.effect]} ${who}${socketSentence(binding)}`;
}

function parameter(name: string, place: 'path' | 'query', route: Route): Json {
  const { input } = route.member;
  const schema = membersOf(input)[name] ?? {};
  const description = 'description' in schema ? schema.description : wireName(name).replaceAll('_', ' ');
  return {
    name: wireName(name),
    in: place,
    required: place === 'path' || requiredOf(input).includes(name),
    description,
    schema: wireSchema(schema),
    example: toWire(schema)(exampleOf(schema)),
  };
}

function parametersOf(route: Route): Json[] {
  const headers: Json[] = [];
  if (route.binding.resume !== undefined) {
    headers.push({
      name: 'Last-Event-ID',
      in: 'header',
      description: 'The id of the last event that was seen: goes on behind it',
      schema: { type: 'string' },
      example: '1790000000042',
    });
  }
  if (takesIdempotencyKey(route)) {
    headers.push({
      name: 'Idempotency-Key',
      in: 'header',
      description: 'The same key with the same request gives the first answer again, and nothing happens twice',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
      example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
    });
  }
  return [
    ...route.pathMembers.map((name) => parameter(name, 'path', route)),
    ...route.queryMembers.map((name) => parameter(name, 'query', route)),
    ...headers,
  ];
}

/** Whatever is posted may be posted again by a client that did not see the answer. */
export function takesIdempotencyKey({ method, binding }: Pick<Route, 'method' | 'binding'>): boolean {
  return method === 'POST' && binding.answer !== 'events';
}

/** The part of the input that a body carries, under the contract's names. */
export function bodySchemaOf({ member, bodyMembers }: Pick<Route, 'member' | 'bodyMembers'>): TSchema {
  const members = membersOf(member.input);
  const required = requiredOf(member.input);
  const own = Object.entries(members).filter(([name]) => bodyMembers.includes(name));
  const examples = 'examples' in member.input ? { examples: member.input.examples } : {};
  return {
    type: 'object',
    properties: Object.fromEntries(own),
    required: required.filter((name) => bodyMembers.includes(name)),
    additionalProperties: false,
    ...(bodyMembers.length === Object.keys(members).length ? examples : {}),
  };
}

function requestBodyOf(route: Route): Json {
  const schema = bodySchemaOf(route);
  return {
    required: requiredOf(schema).length > 0,
    content: { [JSON_TYPE]: { schema: wireSchema(schema), example: toWire(schema)(exampleOf(schema)) } },
  };
}

function socketSentence({ socket }: Route['binding']): string {
  if (socket === undefined) return '';
  const types = Object.keys(socket.calls).map((type) => `\`${type}\``);
  return ` As a WebSocket: its events are messages, and messages of type ${types.join(', ')} go the other way.`;
}

/** The statuses that a route may answer with when it fails. */
export function errorStatusesOf(route: Route): number[] {
  const { member, bodyMembers } = route;
  const inputFrom = bodyMembers.length > 0 ? 'body' : 'address';
  const codes = ['invalid_input', 'not_found', ...member.faults];
  const statuses = new Set<number>([...COMMON_STATUSES, ...codes.map((code) => statusOf(code, inputFrom))]);
  if (bodyMembers.length > 0) for (const status of [413, 415, 400]) statuses.add(status);
  if (takesIdempotencyKey(route)) for (const status of [409, 422]) statuses.add(status);
  return [...statuses].sort((a, b) => a - b);
}

function responsesOf(route: Route): Json {
  const errors = errorStatusesOf(route).map((status) => [
    String(status),
    { $ref: `#/components/responses/Status${status}` },
  ]);
  return { [route.binding.status ?? 200]: successOf(route), ...Object.fromEntries(errors) };
}

function successOf(route: Route): Json {
  const output = outputOf(route);
  const schema = wireSchema(output);
  const example = toWire(output)(exampleOf(output));
  const answer = answerOf(route);
  const events = {
    [EVENTS_TYPE]: { schema: { type: 'string', description: 'Server-sent events; the data of each is JSON' } },
  };
  return {
    description: answer === 'events' ? 'Events as they come' : 'The answer',
    content: {
      ...(answer === 'events' ? {} : { [JSON_TYPE]: { schema, example } }),
      ...(route.member.kind === 'stream' ? events : {}),
    },
  };
}

/** What is no call of the contract, and needs no key. */
function openPaths(): Json {
  const health = wireSchema(Health);
  const healthAnswer = (description: string, ok: boolean): Json => ({
    description,
    content: { [JSON_TYPE]: { schema: health, example: { ok, checks: { database: ok, audit: true, engine: true } } } },
  });
  const common = { tags: ['server'], security: [] };
  const failure = { 403: { $ref: '#/components/responses/Status403' } };
  return {
    '/healthz': {
      get: {
        ...common,
        operationId: 'server.health',
        summary: 'Tell whether everything works',
        description: 'Tell whether everything works. Needs no key.',
        responses: {
          200: healthAnswer('It does', true),
          503: healthAnswer('What does not is false', false),
          ...failure,
        },
      },
    },
    '/metrics': {
      get: {
        ...common,
        operationId: 'server.metrics',
        summary: 'Give counts and durations for Prometheus',
        description: 'Give counts and durations for Prometheus: numbers only, no names. Needs no key.',
        responses: {
          200: {
            description: 'Prometheus text format',
            content: { 'text/plain': { schema: { type: 'string' }, example: 'cavern_sandboxes{state="running"} 2\n' } },
          },
          ...failure,
        },
      },
    },
    '/openapi.json': {
      get: {
        ...common,
        operationId: 'server.openapi',
        summary: 'Give this document',
        description: 'Give this document. Needs no key.',
        responses: {
          200: {
            description: 'It',
            content: { [JSON_TYPE]: { schema: { type: 'object' }, example: { openapi: '3.1.0' } } },
          },
          ...failure,
        },
      },
    },
  };
}

/** What `/healthz` answers. */
export const Health = Type.Object({
  ok: Type.Boolean(),
  checks: Type.Object({
    database: Type.Boolean(),
    audit: Type.Boolean({ description: 'The audit log can be written' }),
    engine: Type.Boolean({ description: 'The container engine answers' }),
  }),
});
