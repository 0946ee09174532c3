import type { TSchema } from 'typebox';

/** What the making of an example looks at; every other keyword narrows values that carry an example of their own. */
interface Node {
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly TSchema[];
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly minLength?: number;
}

/**
 * A value of the schema: the example that it carries, or one that is put together from its parts. The same each time. A
 * text with a pattern has to carry one; the test of the OpenAPI document finds those that do not.
 */
export function exampleOf(schema: TSchema): unknown {
  // Schemas are plain JSON; TypeBox's type does not say which keywords one has.
  const node = schema as Node;
  if (node.examples !== undefined) return node.examples[0];
  if ('default' in node) return node.default;
  if ('const' in node) return node.const;
  if (node.enum !== undefined) return node.enum[0];
  if (node.anyOf !== undefined) return node.anyOf[0] === undefined ? null : exampleOf(node.anyOf[0]);
  const type = typeof node.type === 'string' ? node.type : (node.type?.[0] ?? 'any');
  return exampleOfType(type, node);
}

function exampleOfType(type: string, node: Node): unknown {
  switch (type) {
    case 'object':
      return exampleOfMembers(node.properties ?? {}, node.required ?? []);
    case 'array':
      return node.items === undefined || (node.minItems ?? 0) === 0 ? exampleItems(node) : [exampleOf(node.items)];
    case 'integer':
    case 'number':
      return node.minimum ?? 0;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'string':
      return 'text'.padEnd(node.minLength ?? 0, '.');
    default:
      return {};
  }
}

function exampleItems({ items }: Node): unknown[] {
  return items === undefined ? [] : [exampleOf(items)];
}

/** Of members that may be left out only those that carry an example of their own. */
function exampleOfMembers(
  properties: Readonly<Record<string, TSchema>>,
  required: readonly string[],
): Record<string, unknown> {
  const shown = Object.entries(properties).filter(([name, inner]) => required.includes(name) || 'examples' in inner);
  return Object.fromEntries(shown.map(([name, inner]) => [name, exampleOf(inner)]));
}
