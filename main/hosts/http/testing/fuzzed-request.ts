import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { exampleOf } from '../../../../schema/http/example.ts';
import { membersOf, requiredOf, type Route } from '../../../../schema/http/routes.ts';
import { toWire, wireName } from '../../../../schema/http/wire-names.ts';

/** Whose key a request is sent with; `stranger`: one that is nobody's. */
export type FuzzedBearer = 'admin' | 'namespace' | 'session' | 'model' | 'none' | 'stranger';

/** Values that exist, for a member of the input of a call; none where there are none. */
export type KnownValues = (operation: string, member: string) => readonly string[];

/** One request to a route, more or less as its schema would have it. */
export interface FuzzedRequest {
  readonly route: Route;
  readonly bearer: FuzzedBearer;
  readonly path: string;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** What generation looks at of a schema. */
interface Node {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly TSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** Values of no schema. */
export const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    0,
    -1,
    1.5,
    1e300,
    Number.MAX_SAFE_INTEGER,
    [],
    {},
    '\u0000',
    '../../etc/passwd',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Mostly values of the schema, sometimes at its edges, sometimes something else. */
export function valueOf(schema: TSchema, depth = 0): fc.Arbitrary<unknown> {
  const node: Node = schema;
  const fitting = fittingOf(schema, node, depth);
  return fc.oneof(
    { weight: 12, arbitrary: fitting },
    { weight: 2, arbitrary: fc.constant(exampleOf(schema)) },
    { weight: 1, arbitrary: junk },
  );
}

function fittingOf(schema: TSchema, node: Node, depth: number): fc.Arbitrary<unknown> {
  if ('const' in node) return fc.constant(node.const);
  if (node.enum !== undefined) return fc.constantFrom(...node.enum);
  if (node.anyOf !== undefined) return fc.oneof(...node.anyOf.map((inner) => valueOf(inner, depth + 1)));
  switch (node.type) {
    case 'object':
      return depth > 4 ? fc.constant({}) : membersArbitrary(schema, Object.keys(node.properties ?? {}), depth);
    case 'array':
      return fc.array(node.items === undefined ? junk : valueOf(node.items, depth + 1), { maxLength: 3 });
    case 'integer':
      return integerOf(node);
    case 'number':
      return fc.double({ min: node.minimum ?? 0, max: node.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return textOf(node);
    default:
      return junk;
  }
}

function integerOf({ minimum = -1, maximum = 1e13 }: Node): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: minimum, max: maximum }),
    fc.constantFrom(minimum, minimum - 1, maximum, maximum + 1),
  );
}

function textOf({ pattern, maxLength = 200 }: Node): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'));
  return fc.string({ unit: 'grapheme', maxLength: Math.min(maxLength, 200) });
}

/** Some of the members: those that are needed nearly always. */
function membersArbitrary(
  schema: TSchema,
  names: readonly string[],
  depth: number,
): fc.Arbitrary<Record<string, unknown>> {
  const members = membersOf(schema);
  const required = requiredOf(schema);
  const entries = names.map((name) =>
    fc
      .tuple(fc.integer({ min: 0, max: 19 }), valueOf(members[name] ?? {}, depth + 1))
      .map(([chance, value]) => (required.includes(name) ? chance < 19 : chance < 8) && ([name, value] as const)),
  );
  return fc.tuple(...entries).map((chosen) => Object.fromEntries(chosen.filter((entry) => entry !== false)));
}

/** Requests to all the routes. */
export function fuzzedRequests(routes: readonly Route[], known: KnownValues): fc.Arbitrary<FuzzedRequest> {
  return fc.oneof(...routes.map((route) => requestOf(route, known)));
}

const bearers: fc.Arbitrary<FuzzedBearer> = fc.oneof(
  { weight: 30, arbitrary: fc.constant<FuzzedBearer>('admin') },
  ...(['namespace', 'session', 'model', 'none', 'stranger'] as const).map((bearer) => ({
    weight: 1,
    arbitrary: fc.constant<FuzzedBearer>(bearer),
  })),
);

function requestOf(route: Route, known: KnownValues): fc.Arbitrary<FuzzedRequest> {
  const { input } = route.member;
  const translate = toWire(input);
  const inPath = fc.tuple(
    ...route.pathMembers.map((name) => {
      const fitting = valueOf(membersOf(input)[name] ?? {}).map(textIn);
      const existing = known(route.operation, name);
      if (existing.length === 0) return fitting;
      return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...existing) }, { weight: 1, arbitrary: fitting });
    }),
  );
  const query = membersArbitrary(input, route.queryMembers, 0);
  const body = fc.oneof(
    {
      weight: 15,
      arbitrary: membersArbitrary(input, route.bodyMembers, 0).map((value) => JSON.stringify(translate(value))),
    },
    { weight: 1, arbitrary: junk.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string({ maxLength: 50 }) },
  );
  const headers = fc.record(
    {
      'idempotency-key': fc.constantFrom('a', 'b', 'c'.repeat(300)),
      'last-event-id': fc.constantFrom('1', 'x', '99999999999999999999'),
      accept: fc.constantFrom('application/json', 'text/event-stream', '*/*'),
      'content-type': fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('application/json', 'application/json; charset=utf-8') },
        { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/x-www-form-urlencoded') },
      ),
      prefer: fc.constantFrom('wait=0', 'wait=', 'respond-async'),
    },
    { requiredKeys: [] },
  );
  return fc.tuple(bearers, inPath, query, body, headers).map(([bearer, names, inQuery, sent, given]) => ({
    route,
    bearer,
    path: addressOf(route, names, inQuery),
    body: route.bodyMembers.length > 0 ? sent : undefined,
    headers: { ...(route.bodyMembers.length > 0 ? { 'content-type': 'application/json' } : {}), ...given },
  }));
}

function addressOf(route: Route, names: readonly string[], inQuery: Readonly<Record<string, unknown>>): string {
  let next = 0;
  const path = route.path.replaceAll(/\{[^}]*\}/g, () => encode(names[next++] ?? ''));
  const query = Object.entries(inQuery).map(([name, value]) => {
    return `${wireName(name)}=${encode(textIn(value))}`;
  });
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

/** How an address carries it. */
function textIn(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A name of dots alone would be taken for a step in the path by the client itself. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed().slice(0, 300)).replace(/^(\.{1,2})$/, '$1x');
}
