import type { TSchema } from 'typebox';
import type { HttpBinding } from '../contract/http-binding.ts';
import type { Area, Member } from '../contract/contract.ts';

/** Every route of the contract is below this. */
export const API_PREFIX = '/api/v1';

/** One route, with where each member of the call's input comes from; the names are the contract's. */
export interface Route {
  /** `box.create`: the call, and the OpenAPI operation's id. */
  readonly operation: string;
  readonly area: string;
  readonly member: Member;
  readonly binding: HttpBinding;
  readonly method: HttpBinding['method'];
  /** With the prefix; parameters in braces. */
  readonly path: string;
  readonly pathMembers: readonly string[];
  readonly queryMembers: readonly string[];
  readonly bodyMembers: readonly string[];
}

/** The members of an input, which is an object in every call. */
export function membersOf(input: TSchema): Readonly<Record<string, TSchema>> {
  // What `properties` holds are schemas, where there are any.
  return 'properties' in input ? (input.properties as Record<string, TSchema>) : {};
}

/** The members of an input that have to be given. */
export function requiredOf(input: TSchema): readonly string[] {
  // As above: a list of names.
  return 'required' in input ? (input.required as string[]) : [];
}

function routeOf(area: string, name: string, member: Member, binding: HttpBinding): Route {
  const operation = `${area}.${name}`;
  const members = Object.keys(membersOf(member.input));
  const pathMembers = [...binding.path.matchAll(/\{([^}]*)\}/g)].map(([, each = '']) => each);
  const unknown = pathMembers.find((each) => !members.includes(each));
  if (unknown !== undefined) throw new RangeError(`The path of ${operation} names "${unknown}", which its input lacks`);
  const rest = members.filter((each) => !pathMembers.includes(each));
  const inQuery = binding.method === 'GET' || binding.method === 'DELETE';
  return {
    operation,
    area,
    member,
    binding,
    method: binding.method,
    path: `${API_PREFIX}${binding.path}`,
    pathMembers,
    queryMembers: inQuery ? rest : [],
    bodyMembers: inQuery ? [] : rest,
  };
}

/**
 * Every call of the contract that is bound to HTTP, in the contract's order.
 * @throws RangeError where two calls want the same route, or a path names what the input lacks
 */
export function routesOf(areas: Readonly<Record<string, Area>>): Route[] {
  const routes = Object.values(areas).flatMap((area) =>
    Object.entries(area.members).flatMap(([name, member]) =>
      member.http === undefined ? [] : [routeOf(area.name, name, member, member.http)],
    ),
  );
  const calls = new Set(
    Object.values(areas).flatMap((area) => Object.keys(area.members).map((name) => `${area.name}.${name}`)),
  );
  const unknown = routes
    .flatMap(({ binding }) => Object.values(binding.socket?.calls ?? {}))
    .find((call) => !calls.has(call));
  if (unknown !== undefined) throw new RangeError(`A socket makes the call "${unknown}", which the contract lacks`);
  const seen = new Map<string, string>();
  for (const { method, path, operation } of routes) {
    const place = `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`;
    const other = seen.get(place);
    if (other !== undefined) throw new RangeError(`${operation} and ${other} are both bound to ${place}`);
    seen.set(place, operation);
  }
  return routes;
}

/** How a route answers when nobody asked for events. */
export function answerOf({ member, binding }: Route): 'whole' | 'first' | 'last' | 'events' {
  return member.kind === 'call' ? 'whole' : (binding.answer ?? 'last');
}

/** What a route answers with, or the schema of one of its events. */
export function outputOf({ member }: Route): TSchema {
  return member.kind === 'call' ? member.output : member.event;
}
