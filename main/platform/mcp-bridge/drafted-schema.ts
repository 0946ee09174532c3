import { toolSchemaProblem } from '../../kernel/plugins/manifest-schema.ts';
import { toolSchemaCompiler } from '../../kernel/tools/tool-schema.ts';

type Schema = Record<string, unknown>;

/** Names that servers give to paths: the policy judges what is marked so. Rather one too many. */
const PATH_NAMES = new Set(['path', 'paths', 'file', 'files', 'source', 'destination', 'directory', 'folder']);

/** Keywords with a schema, with a list of them, and with one for each name. */
const ONE = words(
  'items additionalProperties not if then else contains propertyNames unevaluatedItems unevaluatedProperties',
);
const MANY = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const NAMED = new Set(['properties', '$defs', 'definitions', 'patternProperties', 'dependentSchemas']);
/** Below these a default is never put in, and stating one there is taken for a mistake. */
const BRANCHES = new Set(['anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'contains', 'propertyNames']);
/** The rest of what is known; what is not, such as the `format` of another program, is left out. */
const PLAIN = words(
  `type enum const required minProperties maxProperties dependentRequired minContains maxContains minItems maxItems uniqueItems minLength
  maxLength pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf title description default deprecated $ref $comment
  contentMediaType contentEncoding`,
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

export interface DraftedSchema {
  readonly schema: Schema;
  /** What could not be taken over. */
  readonly note?: string;
}

/** A server's schema as the kernel can use it: 2020-12, in one document, not recursive, with its paths marked. One that cannot be used takes any object. */
export function draftedSchema(given: unknown): DraftedSchema {
  const wanted = isSchema(given) ? given : {};
  const clean = cleaned(wanted, { property: '', isBranch: false });
  const open = withoutCycles(clean);
  const problem = toolSchemaProblem(open, '', toolSchemaCompiler());
  if (problem !== undefined) return { schema: { type: 'object' }, note: `any object is taken: ${problem.message}` };
  if (open === clean) return { schema: open };
  return { schema: open, note: 'where its schema refers to itself, anything is taken and no path is marked' };
}

/** The schema as a part of another one: what it refers to lies deeper there. */
export function movedTo(pointer: string, schema: Schema): Schema {
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    if (!isSchema(value)) return value;
    const entries = Object.entries(value).map(([key, one]) => [
      key,
      key === '$ref' && typeof one === 'string' ? one.replace('#', pointer) : moved(one),
    ]);
    return Object.fromEntries(entries);
  };
  return { ...Object(moved(schema)) };
}

interface Place {
  /** The name under which the value stands. */
  readonly property: string;
  readonly isBranch: boolean;
}

function cleaned(schema: Schema, place: Place): Schema {
  const kept = Object.entries(schema).flatMap(([key, value]) => member(key, value, place));
  const clean: Schema = Object.fromEntries(kept);
  if (place.isBranch) delete clean['default'];
  return clean['type'] === 'string' && PATH_NAMES.has(place.property) ? { ...clean, format: 'workspace-path' } : clean;
}

function member(key: string, value: unknown, { property, isBranch }: Place): readonly [string, unknown][] {
  const inside = { property, isBranch: isBranch || BRANCHES.has(key) };
  const below = (one: unknown): unknown => (isSchema(one) ? cleaned(one, inside) : one);
  // As the drafts before 2020-12 write a tuple.
  if (key === 'items' && Array.isArray(value)) return [['prefixItems', value.map(below)]];
  if (ONE.has(key)) return [[key, below(value)]];
  if (MANY.has(key) && Array.isArray(value)) return [[key, value.map(below)]];
  if (NAMED.has(key) && isSchema(value)) {
    const named = Object.entries(value).map(([name, one]) => [
      name,
      isSchema(one) ? cleaned(one, { ...inside, property: name }) : one,
    ]);
    return [[key, Object.fromEntries(named)]];
  }
  return PLAIN.has(key) ? [[key, value]] : [];
}

/** Leaves out the references from which one comes back to them. The same schema where there are none. */
function withoutCycles(root: Schema): Schema {
  const known = new Map<string, boolean>();
  const comesBack = (reference: string): boolean => {
    const before = known.get(reference);
    if (before !== undefined) return before;
    const found = referencesFrom(root, reference).has(reference);
    known.set(reference, found);
    return found;
  };
  const open = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(open);
    if (!isSchema(value)) return value;
    const kept = Object.entries(value).filter(
      ([key, to]) => !(key === '$ref' && typeof to === 'string' && comesBack(to)),
    );
    return Object.fromEntries(kept.map(([key, one]) => [key, open(one)]));
  };
  const opened = open(root);
  return isSchema(opened) && [...known.values()].includes(true) ? opened : root;
}

/** Every reference that is met on the way from one. */
function referencesFrom(root: Schema, reference: string): ReadonlySet<string> {
  const met = new Set<string>();
  const waiting: unknown[] = [target(root, reference)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isSchema(next) && !Array.isArray(next)) continue;
    for (const [key, value] of Object.entries(next)) {
      if (key !== '$ref' || typeof value !== 'string') waiting.push(value ?? null);
      else if (!met.has(value)) {
        met.add(value);
        waiting.push(target(root, value) ?? null);
      }
    }
  }
  return met;
}

function target(root: Schema, reference: string): unknown {
  const parts = reference.startsWith('#') ? reference.slice(1).split('/').slice(1) : ['\0'];
  return parts
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => (typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined), root);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
