/** The part of JSON Schema that a form can be made of; everything else is edited as JSON. */
export interface FormSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly contentMediaType?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, FormSchema>>;
  readonly required?: readonly string[];
  readonly items?: FormSchema;
  readonly anyOf?: readonly FormSchema[];
  readonly oneOf?: readonly FormSchema[];
}

export type FieldKind = 'text' | 'lines' | 'number' | 'boolean' | 'choice' | 'list' | 'group' | 'json';

/** Text that is not JSON yet, kept as it was typed. */
export class UnparsedJson {
  readonly text: string;
  readonly problem: string;

  constructor(text: string, problem: string) {
    this.text = text;
    this.problem = problem;
  }
}

/** Names of fields that hold whole texts even where their schema does not say so. */
const LONG_TEXTS = new Set(['content', 'patch', 'text', 'body', 'message', 'script']);

/** Reads a schema that came over the wire. What is not an object takes any JSON. */
export function formSchemaOf(schema: unknown): FormSchema {
  // A form only reads; a keyword of an unexpected shape makes the field a JSON field.
  return typeof schema === 'object' && schema !== null ? schema : {};
}

/** How a value of this schema is best edited. */
export function fieldKindOf(schema: FormSchema, name = ''): FieldKind {
  if (choicesOf(schema).length > 0) return 'choice';
  switch (schema.type) {
    case 'string':
      return schema.contentMediaType !== undefined || schema.format === 'multiline' || LONG_TEXTS.has(name)
        ? 'lines'
        : 'text';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'array':
      return schema.items?.type === 'string' && choicesOf(schema.items).length === 0 ? 'list' : 'json';
    case 'object':
      return Object.keys(schema.properties ?? {}).length > 0 ? 'group' : 'json';
    default:
      return 'json';
  }
}

/** The values to choose from, where the schema is a closed list of plain values. */
export function choicesOf(schema: FormSchema): readonly (string | number)[] {
  const alternatives = schema.anyOf ?? schema.oneOf;
  const values =
    schema.enum ?? alternatives?.map((one) => one.const) ?? (schema.const === undefined ? [] : [schema.const]);
  return values.every((value) => typeof value === 'string' || typeof value === 'number') ? values : [];
}

/** What a person reads of a choice: its title where the schema gives one. */
export function choiceLabel(schema: FormSchema, choice: string | number): string {
  const named = (schema.anyOf ?? schema.oneOf)?.find((one) => one.const === choice);
  return named?.title ?? String(choice);
}

/** What a form starts with: defaults, and what is required and has only one sensible start. */
export function initialValue(schema: FormSchema): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const required = schema.required?.includes(name) ?? false;
    if (field.default !== undefined) value[name] = field.default;
    else if (required && fieldKindOf(field, name) === 'boolean') value[name] = false;
    else if (required && fieldKindOf(field, name) === 'group') value[name] = initialValue(field);
    else if (required && field.const !== undefined) value[name] = field.const;
  }
  return value;
}

/** Deeper than that an example only says what kind of value there is. */
const EXAMPLE_DEPTH = 4;

/** The shape of a value that fits, for who has to write it as JSON: what is required, one item of each list, the first of alternatives. */
export function exampleOf(schema: FormSchema, depth = 0): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  const [first] = schema.enum ?? [];
  if (first !== undefined) return first;
  const [alternative] = schema.anyOf ?? schema.oneOf ?? [];
  if (alternative !== undefined) return exampleOf(alternative, depth);
  switch (schema.type) {
    case 'string':
      return '…';
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'boolean':
      return false;
    case 'array':
      return schema.items === undefined || depth >= EXAMPLE_DEPTH ? [] : [exampleOf(schema.items, depth + 1)];
    default:
      return depth >= EXAMPLE_DEPTH ? {} : exampleOfObject(schema, depth);
  }
}

function exampleOfObject({ properties = {}, required = [] }: FormSchema, depth: number): Record<string, unknown> {
  const fields = required.flatMap((name) => {
    const field = properties[name];
    return field === undefined ? [] : [[name, exampleOf(field, depth + 1)] as const];
  });
  return Object.fromEntries(fields);
}

/** Words of names that are written otherwise; a unit stands behind what it is of. */
const WRITTEN: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  id: 'ID',
  json: 'JSON',
  mib: '(MiB)',
  ms: '(ms)',
  ttl: 'TTL',
  url: 'URL',
};

/** `maxResults` → `Max results`, `ttlMs` → `TTL (ms)`. */
export function labelOf(name: string, schema: FormSchema): string {
  if (schema.title !== undefined) return schema.title;
  const words = name
    .replace('MiB', 'Mib')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/)
    .map((word) => WRITTEN[word] ?? word)
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
