/** A JSON pointer, and what is wrong there. */
export interface SchemaProblem {
  readonly pointer: string;
  readonly message: string;
}

/** What a JSON Schema validator says of one place; ajv's errors are of this form. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Of names, texts and lists that somebody else wrote and that go into a sentence. */
const TEXT_LIMIT = 60;
const LIST_LIMIT = 8;

/** Each with what was expected: the names and values that the schema has, where there are some. */
export function schemaProblems(errors: readonly SchemaError[] | null | undefined): SchemaProblem[] {
  return (errors ?? []).map((error) => ({
    pointer: error.instancePath,
    message: `${error.message ?? 'is wrong'}${expectation(error)}`,
  }));
}

function expectation({ keyword, params }: SchemaError): string {
  if (keyword === 'additionalProperties') return `: ${shortened(String(params['additionalProperty']))}`;
  if (keyword === 'const') return `: ${describedValue(params['allowedValue'])}`;
  const allowed: unknown = params['allowedValues'];
  return keyword === 'enum' && Array.isArray(allowed) ? `: ${listed(allowed, describedValue)}` : '';
}

/** Where it is wrong, what was expected and what came, for a sentence: `/words must be integer, and is "three"`. */
export function describedProblem({ pointer, message }: SchemaProblem, value: unknown, whole: string): string {
  return `${pointer === '' ? whole : shortened(pointer)} ${message}, and is ${describedValue(valueAt(value, pointer))}`;
}

function valueAt(value: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);
}

/** A text is there whole or not at all: of a secret that was cut nobody would know that it is one. */
function describedValue(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > TEXT_LIMIT ? `a text of ${value.length} characters` : JSON.stringify(value);
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === undefined) return 'not there';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!isObject(value)) return `a ${typeof value}`;
  const names = Object.keys(value);
  return names.length === 0 ? 'an empty object' : `an object with ${listed(names, shortened)}`;
}

function shortened(text: string): string {
  return text.length > TEXT_LIMIT ? `(a name of ${text.length} characters)` : text;
}

function listed<T>(all: readonly T[], described: (one: T) => string): string {
  const texts = all.slice(0, LIST_LIMIT).map(described).join(', ');
  return all.length > LIST_LIMIT ? `${texts} and ${all.length - LIST_LIMIT} more` : texts;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
