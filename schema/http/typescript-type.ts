import type { TSchema } from 'typebox';

/** What a type is made of; every other keyword narrows values and is left to the server. */
interface Node {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly TSchema[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
  readonly additionalProperties?: unknown;
}

/** The TypeScript type of the values of a schema, on one line. */
export function typeScriptType(schema: TSchema): string {
  const node: Node = schema;
  if ('const' in node) return JSON.stringify(node.const);
  if (node.enum !== undefined) return union(node.enum.map((value) => JSON.stringify(value)));
  if (node.anyOf !== undefined) return union(node.anyOf.map(typeScriptType));
  const types = typeof node.type === 'string' ? [node.type] : (node.type ?? []);
  return types.length === 0 ? 'unknown' : union(types.map((type) => typeOf(type, node)));
}

function typeOf(type: string, node: Node): string {
  switch (type) {
    case 'object':
      return objectType(node);
    case 'array':
      return `readonly ${inParentheses(node.items === undefined ? 'unknown' : typeScriptType(node.items))}[]`;
    case 'integer':
      return 'number';
    case 'number':
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    default:
      return 'unknown';
  }
}

function objectType({ properties, required = [], patternProperties, additionalProperties }: Node): string {
  if (properties !== undefined) {
    const members = Object.entries(properties).map(([name, inner]) => {
      const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
      return `readonly ${key}${required.includes(name) ? '' : '?'}: ${typeScriptType(inner)}`;
    });
    return members.length === 0 ? 'Readonly<Record<string, never>>' : `{ ${members.join('; ')} }`;
  }
  const [first] = Object.values(patternProperties ?? {});
  const values = first ?? (isSchema(additionalProperties) ? additionalProperties : undefined);
  return `Readonly<Record<string, ${values === undefined ? 'unknown' : typeScriptType(values)}>>`;
}

function isSchema(value: unknown): value is TSchema {
  return typeof value === 'object' && value !== null;
}

function union(types: readonly string[]): string {
  const different = [...new Set(types)];
  return different.includes('unknown') ? 'unknown' : different.join(' | ');
}

function inParentheses(type: string): string {
  return type.includes(' | ') || type.startsWith('readonly ') ? `(${type})` : type;
}
