import type { TSchema } from 'typebox';

/** `timeoutMs` is `timeout_ms` over HTTP, in whatever schema it stands (spec: gateway.md). */
export function wireName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What the translation looks at of a schema; every other keyword is left as it is. */
interface Node {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly anyOf?: readonly TSchema[];
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
  readonly additionalProperties?: unknown;
  readonly examples?: readonly unknown[];
}

function nodeOf(schema: TSchema): Node {
  return schema;
}

function mapValues(schemas: Readonly<Record<string, TSchema>>): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, wireSchema(schema)]));
}

/** The schema with the names of its members as they are over HTTP. The keys of records are values and stay. */
export function wireSchema(schema: TSchema): TSchema {
  const { properties, required, items, anyOf, patternProperties, additionalProperties, examples } = nodeOf(schema);
  // Its name would be given to each place where it is used.
  const { $id: _id, ...unnamed } = schema as { readonly $id?: unknown };
  return {
    ...unnamed,
    ...(examples === undefined ? {} : { examples: examples.map(toWire(schema)) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, inner]) => [wireName(name), wireSchema(inner)]),
          ),
        }),
    ...(required === undefined ? {} : { required: required.map(wireName) }),
    ...(items === undefined ? {} : { items: wireSchema(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(wireSchema) }),
    ...(patternProperties === undefined ? {} : { patternProperties: mapValues(patternProperties) }),
    ...(isSchema(additionalProperties) ? { additionalProperties: wireSchema(additionalProperties) } : {}),
  };
}

function isSchema(value: unknown): value is TSchema {
  return typeof value === 'object' && value !== null;
}

type Translate = (value: unknown) => unknown;

const same: Translate = (value) => value;

/** Makes a function that gives values of a schema the names that they have over HTTP. Values that need none come back as they are. */
export function toWire(schema: TSchema): Translate {
  return translation([schema], (name) => [name, wireName(name)]);
}

/**
 * Makes a function that takes values as they came over HTTP back to the contract's names. A member that is written as the
 * contract writes it, and not as HTTP does, is unknown: it comes back under a name that no schema has.
 */
export function fromWire(schema: TSchema): Translate {
  return translation([schema], (name) => [wireName(name), name]);
}

interface Named {
  readonly name: string;
  readonly translate: Translate;
}

/** One value may be of several schemas (`anyOf`): what any of them names is translated. */
function translation(schemas: readonly TSchema[], rename: (name: string) => readonly [string, string]): Translate {
  const nodes = flatten(schemas).map(nodeOf);
  const members = new Map<string, TSchema[]>();
  for (const { properties = {} } of nodes) {
    for (const [name, inner] of Object.entries(properties)) members.set(name, [...(members.get(name) ?? []), inner]);
  }
  const named = new Map<string, Named>();
  for (const [name, inner] of members) {
    const [from, to] = rename(name);
    named.set(from, { name: to, translate: translation(inner, rename) });
  }
  const items = translationOf(
    nodes.flatMap(({ items: inner }) => (inner === undefined ? [] : [inner])),
    rename,
  );
  const others = translationOf(
    nodes.flatMap(({ patternProperties = {}, additionalProperties }) => [
      ...Object.values(patternProperties),
      ...(isSchema(additionalProperties) ? [additionalProperties] : []),
    ]),
    rename,
  );
  const changesNothing =
    items === same &&
    others === same &&
    [...named].every(([from, { name, translate }]) => from === name && translate === same);
  if (changesNothing) return same;
  const targets = new Set([...named.values()].map(({ name }) => name));
  return (value) => {
    if (Array.isArray(value)) return items === same ? value : value.map(items);
    if (typeof value !== 'object' || value === null) return value;
    return translateMembers(value, { named, targets, others });
  };
}

function translateMembers(
  value: object,
  {
    named,
    targets,
    others,
  }: { readonly named: ReadonlyMap<string, Named>; readonly targets: ReadonlySet<string>; readonly others: Translate },
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const known = named.get(key);
    const name = known?.name ?? (targets.has(key) ? `${key} ` : key);
    const value = known ? known.translate(inner) : others(inner);
    if (name !== '__proto__') result[name] = value;
    // It must stay a member, and be refused as unknown.
    else Object.defineProperty(result, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

function translationOf(schemas: readonly TSchema[], rename: (name: string) => readonly [string, string]): Translate {
  return schemas.length === 0 ? same : translation(schemas, rename);
}

function flatten(schemas: readonly TSchema[]): TSchema[] {
  return schemas.flatMap((schema) => {
    const { anyOf } = nodeOf(schema);
    return anyOf === undefined ? [schema] : flatten(anyOf);
  });
}

/** A JSON pointer into an input, with the names that it has over HTTP. */
export function wirePointer(pointer: string, schema: TSchema): string {
  const names = namesIn(schema);
  return pointer
    .split('/')
    .map((segment) => (names.has(segment) ? wireName(segment) : segment.trimEnd()))
    .join('/');
}

/** Every name of a member, at any depth. */
function namesIn(schema: TSchema, found = new Set<string>()): Set<string> {
  const { properties = {}, items, anyOf = [], patternProperties = {}, additionalProperties } = nodeOf(schema);
  for (const [name, inner] of Object.entries(properties)) {
    found.add(name);
    namesIn(inner, found);
  }
  const rest = [
    ...anyOf,
    ...Object.values(patternProperties),
    ...(items === undefined ? [] : [items]),
    ...(isSchema(additionalProperties) ? [additionalProperties] : []),
  ];
  for (const inner of rest) namesIn(inner, found);
  return found;
}
