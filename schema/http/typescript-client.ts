import type { TSchema } from 'typebox';
import type { Area } from '../contract/contract.ts';
import { answerOf, membersOf, outputOf, requiredOf, type Route, routesOf } from './routes.ts';
import { typeScriptType } from './typescript-type.ts';
import { wireName, wireSchema } from './wire-names.ts';

/**
 * The text of a client of the HTTP API in TypeScript: one method for each route, typed, without a dependency. It is written
 * to schema/http/client, and whoever wants it copies one file.
 */
export function typeScriptClient(areas: Readonly<Record<string, Area>>): string {
  const routes = routesOf(areas);
  const names = [...new Set(routes.map(({ area }) => area))];
  const groups = names.map((name) => {
    const own = routes.filter(({ area }) => area === name);
    return `    ${name}: {\n${own.map(methodOf).join('')}    },\n`;
  });
  return `${HEAD}\n${routes.map(typesOf).join('\n')}\n${RUNTIME}\n${CLIENT_HEAD}${groups.join('')}  };\n}\n`;
}

/** `box.create` is `BoxCreate` among the types. */
function typeName({ operation }: Route): string {
  return operation.replaceAll(/(?:^|\.)([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}

function inputSchema({ member }: Route): TSchema {
  return wireSchema(member.input);
}

function typesOf(route: Route): string {
  const name = typeName(route);
  return [
    `export type ${name}Input = ${typeScriptType(inputSchema(route))};\n`,
    `export type ${name}Output = ${typeScriptType(wireSchema(outputOf(route)))};\n`,
  ].join('');
}

function methodOf(route: Route): string {
  const { member, method, path, pathMembers, queryMembers, bodyMembers, operation } = route;
  const name = typeName(route);
  const given = Object.keys(membersOf(member.input)).length > 0;
  const optional = requiredOf(member.input).length === 0;
  const input = given ? `input: ${name}Input${optional ? ' = {}' : ''}, ` : '';
  const parts = [
    `method: ${quoted(method)}`,
    `path: ${quoted(path.replaceAll(/\{([^}]*)\}/g, (_whole, each: string) => `{${wireName(each)}}`))}`,
    ...(pathMembers.length > 0 ? [`inPath: [${pathMembers.map((each) => quoted(wireName(each))).join(', ')}]`] : []),
    ...(queryMembers.length > 0 ? [`inQuery: [${queryMembers.map((each) => quoted(wireName(each))).join(', ')}]`] : []),
    ...(bodyMembers.length > 0 ? ['hasBody: true'] : []),
  ];
  const isEvents = answerOf(route) === 'events';
  const result = isEvents ? `AsyncGenerator<${name}Output, void, undefined>` : `Promise<${name}Output>`;
  const ask = isEvents ? 'events' : 'ask';
  return [
    `      /** ${member.about}. */\n`,
    `      ${operation.split('.')[1] ?? operation}: (${input}options: CallOptions = {}): ${result} =>\n`,
    `        ${ask}(server, { ${parts.join(', ')} }, { ${given ? 'input' : 'input: {}'}, options }),\n`,
  ].join('');
}

function quoted(text: string): string {
  return `'${text}'`;
}

const HEAD = `// A client of Cavern's HTTP API. Written by \`node schema/emit.ts\` from the contract: not to be edited by hand.

/** Where the gateway is, and with which key. */
export interface CavernServer {
  /** \`http://127.0.0.1:7433\` */
  readonly url: string;
  readonly token: string;
  /** In place of the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Is told the token that took the place of this one, where the gateway rotated the key: the old one has ended. */
  readonly onNewToken?: (token: string) => void;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** The same key with the same request gives the first answer again, and nothing happens twice. */
  readonly idempotencyKey?: string;
  /** For so many seconds the operator may be asked, where the policy wants a person to look; without it such a call is refused. */
  readonly waitSeconds?: number;
  /** Of events that can be resumed: the last one that was seen. */
  readonly lastEventId?: string;
}

/** A refusal or a failure, as the gateway told it. */
export class CavernError extends Error {
  override readonly name = 'CavernError';
  readonly status: number;
  /** What a program looks at. */
  readonly code: string;
  /** The whole answer. */
  readonly body: unknown;
  /** With 429: after so many seconds it is worth trying again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: unknown, retryAfterSeconds?: number) {
    super(textOf(body, 'message') ?? textOf(body, 'error') ?? \`status \${status}\`);
    this.status = status;
    this.code = textOf(body, 'error') ?? 'unknown';
    this.body = body;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
`;

const RUNTIME = `interface Address {
  readonly method: string;
  readonly path: string;
  readonly inPath?: readonly string[];
  readonly inQuery?: readonly string[];
  readonly hasBody?: true;
}

interface Asked {
  readonly input: object;
  readonly options: CallOptions;
}

function textOf(value: unknown, name: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** A value as an address carries it. */
function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function send(server: CavernServer, address: Address, asked: Asked & { readonly accept: string }): Promise<Response> {
  const { input, options, accept } = asked;
  const rest = new Map<string, unknown>(Object.entries(input));
  const path = address.path.replaceAll(/\\{([^}]*)\\}/g, (_whole, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(written(value));
  });
  const url = new URL(path, server.url);
  for (const name of address.inQuery ?? []) {
    const value = rest.get(name);
    if (value !== undefined) url.searchParams.set(name, written(value));
  }
  const { signal, idempotencyKey, waitSeconds, lastEventId } = options;
  const headers: Record<string, string> = { authorization: \`Bearer \${server.token}\`, accept };
  if (address.hasBody === true) headers['content-type'] = 'application/json';
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
  if (waitSeconds !== undefined) headers['prefer'] = \`wait=\${waitSeconds}\`;
  if (lastEventId !== undefined) headers['last-event-id'] = lastEventId;
  const response = await (server.fetch ?? fetch)(url, {
    method: address.method,
    headers,
    ...(address.hasBody === true ? { body: JSON.stringify(Object.fromEntries(rest)) } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
  const token = response.headers.get('x-cave-new-token');
  if (token !== null) server.onNewToken?.(token);
  if (response.ok) return response;
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  const body: unknown = await response.json().catch(() => undefined);
  throw new CavernError(response.status, body, Number.isNaN(after) ? undefined : after);
}

async function ask<T>(server: CavernServer, address: Address, asked: Asked): Promise<T> {
  const response = await send(server, address, { ...asked, accept: 'application/json' });
  // The gateway holds its answers to the schemas that these types were written from.
  return (await response.json()) as T;
}

async function* events<T>(server: CavernServer, address: Address, asked: Asked): AsyncGenerator<T, void, undefined> {
  const response = await send(server, address, { ...asked, accept: 'text/event-stream' });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      const pieces = (text + read.value).split('\\n\\n');
      text = pieces.pop() ?? '';
      for (const piece of pieces) {
        const data = /^data: (.*)$/m.exec(piece)?.[1];
        if (data === undefined) continue;
        const value: unknown = JSON.parse(data);
        if (/^event: error$/m.test(piece)) throw new CavernError(response.status, value);
        // As above.
        yield value as T;
      }
    }
  } finally {
    await reader?.cancel();
  }
}
`;

const CLIENT_HEAD = `/** Every call of the API, by area. Failures are thrown as \`CavernError\`; events end when their reader stops. */
export function cavernClient(server: CavernServer) {
  return {
`;
