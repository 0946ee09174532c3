import type { ErrorObject, ValidateFunction } from 'ajv';
import { type DocumentError, PolicyDocument } from '../../../schema/policy.ts';
import { ownValidator } from '../validation/own-schema.ts';
import type { Position, ValuePath, YamlSource } from './yaml-source.ts';

/** Unions of types are how an operator writes one value or a list of them. */
const documentValidator = ownValidator<PolicyDocument>(PolicyDocument, {
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  strictTypes: false,
});

function stepsOf(pointer: string, value: unknown): ValuePath {
  const steps: (string | number)[] = [];
  let at: unknown = value;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    steps.push(Array.isArray(at) ? Number(name) : name);
    at = typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined;
  }
  return steps;
}

function fieldName(path: ValuePath): string {
  const names = path.filter((step) => typeof step === 'string');
  return names.length === 0 ? 'The document' : `"${names.at(-1)}"`;
}

const LITERAL_KEYWORDS: ReadonlySet<string> = new Set(['const', 'enum', 'anyOf']);

function literalsOf(error: ErrorObject): string {
  const schema: unknown = error.keyword === 'anyOf' ? error.schema : [error.parentSchema];
  const literals = Array.isArray(schema) ? schema.map((one: { const?: unknown }) => String(one.const)) : [];
  return literals.join(', ');
}

const MESSAGES: Readonly<Record<string, (error: ErrorObject, field: string) => string>> = {
  additionalProperties: ({ params }) => `The key "${params['additionalProperty']}" is unknown`,
  propertyNames: ({ params }) => `"${params['propertyName']}" cannot be a name here`,
  required: ({ params }, field) => `${field} needs a "${params['missingProperty']}"`,
  type: ({ params }, field) => `${field} has to be of type ${[params['type']].flat().join(' or ')}`,
  minLength: (_error, field) => `${field} has an empty text`,
  minProperties: (_error, field) => `${field} has an exception without any field: the rule could never speak`,
  pattern: ({ data }, field) => `${field} cannot be ${JSON.stringify(data)}`,
};

function toDocumentError(error: ErrorObject, source: YamlSource): DocumentError {
  const path = stepsOf(error.instancePath, source.value);
  const field = fieldName(path);
  const message = LITERAL_KEYWORDS.has(error.keyword)
    ? `${field} cannot be ${JSON.stringify(error.data)}: it is one of ${literalsOf(error)}`
    : (MESSAGES[error.keyword]?.(error, field) ?? `${field} ${error.message ?? 'is not valid'}`);
  return { ...positionOf(error, path, source), message };
}

function positionOf({ keyword, params }: ErrorObject, path: ValuePath, source: YamlSource): Position {
  if (keyword === 'additionalProperties') return source.positionOfKey(path, String(params['additionalProperty']));
  if (keyword === 'propertyNames') return source.positionOfKey(path, String(params['propertyName']));
  return source.positionOf(path);
}

/** A value that is none of several literals fails each of them and then their choice: only the last of it is worth telling. */
function worthTelling(errors: readonly ErrorObject[]): ErrorObject[] {
  const said = new Set(errors.map(({ keyword, instancePath }) => `${keyword} ${instancePath}`));
  return errors.filter(({ keyword, instancePath, propertyName }) => {
    if (keyword === 'const') return !said.has(`anyOf ${instancePath}`);
    if (keyword === 'type') return !said.has(`const ${instancePath}`);
    // What ajv says of a name beside `propertyNames` lies at the parent and repeats it.
    return propertyName === undefined;
  });
}

/** What ajv says of a document, in words and with its place; the validator needs `allErrors` and `verbose`. */
export function placedErrors(source: YamlSource, errors: readonly ErrorObject[]): DocumentError[] {
  return worthTelling(errors).map((error) => toDocumentError(error, source));
}

/** Every way in which a document is not of the schema, each with its place; none for a document that is. */
export function shapeErrors(source: YamlSource): DocumentError[] {
  return schemaErrors(source, documentValidator());
}

/** The same for a document of another schema; its validator has to be `verbose` and to tell all errors. */
export function schemaErrors(source: YamlSource, validate: ValidateFunction): DocumentError[] {
  if (validate(source.value)) return [];
  return placedErrors(source, validate.errors ?? []);
}

export function isPolicyDocument(value: unknown): value is PolicyDocument {
  return documentValidator()(value);
}
