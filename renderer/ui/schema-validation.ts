import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import { type FormSchema, UnparsedJson } from './json-schema.ts';
import { messages } from './messages.ts';

/** What is wrong, by path: `''` for the whole, `options.depth` for a field. */
export type Problems = Readonly<Record<string, string>>;

/** Keywords that only repeat that something below them is wrong. */
const WRAPPERS = new Set(['properties', 'items', 'allOf', 'anyOf', 'oneOf', '$ref', 'additionalProperties', 'if']);

/** Checks a value by interpretation: the page's policy allows no compiled code. */
export function problemsOf(schema: FormSchema, value: unknown): Problems {
  const unparsed = unparsedIn(value, '');
  if (Object.keys(unparsed).length > 0) return unparsed;
  // Both describe JSON Schema; the validator takes keywords that a form has no use for.
  const result = new Validator(schema as Schema, '2020-12', false).validate(value);
  const problems: Record<string, string> = {};
  for (const unit of result.errors.filter((error) => !WRAPPERS.has(error.keyword))) {
    const { path, message } = problemOf(unit);
    problems[path] ??= message;
  }
  if (!result.valid && Object.keys(problems).length === 0) problems[''] = result.errors[0]?.error ?? messages.notValid;
  return problems;
}

function problemOf(unit: OutputUnit): { path: string; message: string } {
  const path = unit.instanceLocation.split('/').slice(1).map(decodeURIComponent);
  const missing = unit.keyword === 'required' ? /property "([^"]+)"/.exec(unit.error)?.[1] : undefined;
  if (missing === undefined) return { path: path.join('.'), message: messages.problems[unit.keyword] ?? unit.error };
  return { path: [...path, missing].join('.'), message: messages.required };
}

function unparsedIn(value: unknown, path: string): Record<string, string> {
  if (value instanceof UnparsedJson) return { [path]: value.problem };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.entries(value).reduce<Record<string, string>>(
    (all, [name, inner]) => Object.assign(all, unparsedIn(inner, path === '' ? name : `${path}.${name}`)),
    {},
  );
}
