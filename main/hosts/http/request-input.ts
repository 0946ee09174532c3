import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { Fault } from '../../../schema/fault.ts';
import { bodySchemaOf } from '../../../schema/http/openapi.ts';
import { membersOf, type Route } from '../../../schema/http/routes.ts';
import { fromWire, wireName } from '../../../schema/http/wire-names.ts';

/** Puts the input of a call together from where a request carries it; whether it is right is for dispatch to say. */
export type ReadInput = (request: FastifyRequest) => Record<string, unknown>;

/** Makes the reader of one route. */
export function inputReader(route: Route): ReadInput {
  const members = membersOf(route.member.input);
  const body = fromWire(bodySchemaOf(route));
  const query = new Map(route.queryMembers.map((name) => [wireName(name), { name, schema: members[name] ?? {} }]));
  const { resume } = route.binding;
  return (request) => ({
    ...(request.body === undefined ? undefined : bodyOf(request.body, route, body)),
    ...queryOf(request.query, query),
    ...(resume === undefined ? undefined : resumed(request, resume)),
    ...(route.pathMembers.length === 0 ? undefined : pathOf(request.params, route)),
  });
}

function bodyOf(sent: unknown, { bodyMembers }: Route, translate: (value: unknown) => unknown): object {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) throw unfit('', 'must be an object');
  if (bodyMembers.length === 0 && Object.keys(sent).length > 0) throw unfit('', 'must be empty');
  // The translation of an object is one.
  return translate(sent) as object;
}

function unfit(pointer: string, message: string): Fault {
  return new Fault('invalid_input', `Cannot read the request: ${pointer === '' ? 'the body' : pointer} ${message}`, {
    data: { errors: [{ pointer, message }] },
  });
}

function queryOf(
  sent: unknown,
  known: ReadonlyMap<string, { readonly name: string; readonly schema: TSchema }>,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(typeof sent === 'object' && sent !== null ? sent : {})) {
    const member = known.get(key);
    if (member === undefined) throw unfit(`/${key.slice(0, 100)}`, 'is not a parameter of this call');
    found[member.name] = parsed(value, member.schema);
  }
  return found;
}

/** A text of the address as the type that its schema names; what cannot be read as that stays a text, and is refused by dispatch. */
function parsed(value: unknown, schema: TSchema): unknown {
  // Schemas are plain JSON; TypeBox's type does not say which keywords one has.
  const { type, items = {} } = schema as { type?: string; items?: TSchema };
  if (type === 'array')
    return (Array.isArray(value) ? value : String(value).split(',')).map((each) => parsed(each, items));
  if (typeof value !== 'string') return value;
  if (type === 'integer' || type === 'number') return /^-?\d{1,16}(\.\d{1,16})?$/.test(value) ? Number(value) : value;
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}

function resumed(request: FastifyRequest, resume: NonNullable<Route['binding']['resume']>): Record<string, unknown> {
  const last = request.headers['last-event-id'];
  if (typeof last !== 'string' || last === '') return {};
  return { [resume.input]: /^\d{1,16}$/.test(last) ? Number(last) : last };
}

function pathOf(params: unknown, { pathMembers, member }: Route): Record<string, unknown> {
  const sent: Record<string, unknown> = { ...(typeof params === 'object' ? params : {}) };
  const members = membersOf(member.input);
  return Object.fromEntries(pathMembers.map((name) => [name, parsed(sent[name], members[name] ?? {})]));
}
