import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { referenceTarget } from './schema-cost.ts';

export type CompileToolSchema = (schema: Record<string, unknown>) => ValidateFunction;

/**
 * Compiles the schemas of tools; nothing that one names (`$id`) is there for another. Against the meta-schema they are not held as a
 * whole: compiling that takes longer than all tools together, and ajv checks each keyword that it uses. Throws where a schema does not compile.
 * Values are told every problem of theirs, or the first.
 */
export function toolSchemaCompiler(tell: 'all' | 'first' = 'all'): CompileToolSchema {
  const ajv = new Ajv2020({
    strictSchema: true,
    // Both would only be told to standard error.
    strictTypes: false,
    strictTuples: false,
    allErrors: tell === 'all',
    useDefaults: true,
    addUsedSchema: false,
    validateSchema: false,
    formats: { 'workspace-path': (text: string) => text.length > 0 && !text.includes('\0') },
  });
  return (schema) => ajv.compile(schema);
}

type Schema = Record<string, unknown>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Every string of the input that the schema says is a path in the workspace (`format: workspace-path`), in any branch that could
 * be meant: rather one too many is judged than one too few.
 */
export function pathsIn(root: Schema, input: unknown): string[] {
  const found: string[] = [];
  const visit = (schema: unknown, value: unknown): void => {
    if (!isSchema(schema)) return;
    if (typeof schema['$ref'] === 'string') visit(referenceTarget(root, schema['$ref']), value);
    for (const key of ['anyOf', 'oneOf', 'allOf']) for (const branch of listOf(schema[key])) visit(branch, value);
    for (const key of ['if', 'then', 'else']) visit(schema[key], value);
    if (typeof value === 'string') {
      if (schema['format'] === 'workspace-path') found.push(value);
    } else if (Array.isArray(value)) visitItems(schema, value);
    else if (isSchema(value)) visitMembers(schema, value);
  };
  const visitItems = (schema: Schema, value: readonly unknown[]): void => {
    const fixed = listOf(schema['prefixItems']);
    for (const [index, item] of value.entries()) visit(fixed[index] ?? schema['items'], item);
  };
  const visitMembers = (schema: Schema, value: Schema): void => {
    const properties = isSchema(schema['properties']) ? schema['properties'] : {};
    const patterns = isSchema(schema['patternProperties']) ? Object.values(schema['patternProperties']) : [];
    for (const [name, member] of Object.entries(value)) {
      if (Object.hasOwn(properties, name)) visit(properties[name], member);
      else visit(schema['additionalProperties'], member);
      for (const pattern of patterns) visit(pattern, member);
      // A property's own name can be a path too.
      visit(schema['propertyNames'], name);
    }
  };
  visit(root, input);
  return [...new Set(found)];
}
