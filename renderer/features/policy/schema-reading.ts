import { ITEM } from './yaml-position.ts';

/** The part of JSON Schema that the policy's schema uses and an author needs to know. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
}

/** The schema of what stands at a path, as yaml-position.ts writes paths; nothing where the document has no such place. */
export function schemaAt(root: SchemaNode, path: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const step of path) {
    if (node === undefined) return undefined;
    node = step === ITEM ? node.items : (node.properties?.[step] ?? openProperties(node));
  }
  return node;
}

function openProperties({ additionalProperties }: SchemaNode): SchemaNode | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** The values to choose from, where the schema is a closed list. */
export function choicesOf({ anyOf, const: only }: SchemaNode): readonly string[] {
  const values = anyOf?.map((one) => one.const) ?? [only];
  return values.filter((value) => value !== undefined).map(String);
}

/** Whether a key holds a map or a list, which begin on a line of their own, or a plain value. */
export function shapeOf(node: SchemaNode): 'map' | 'list' | 'value' {
  if (node.type === 'object') return 'map';
  return node.type === 'array' ? 'list' : 'value';
}
