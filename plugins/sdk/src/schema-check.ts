import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import { ToolError } from './tool-error.ts';

/** Holds what a tool is given and gives against its schemas. */
export interface ToolSchemaCheck {
  /** Fills in defaults. Throws ToolError `invalid_input`. */
  input(tool: string, schema: TSchema, value: unknown): void;
  /** Throws ToolError `invalid_output`. */
  output(tool: string, schema: TSchema, value: unknown): void;
}

let ajv: Ajv2020 | undefined;

/** The check that Cavern makes of every call, for whoever runs a plugin without it. */
export function toolSchemaCheck(): ToolSchemaCheck {
  const compiled = new Map<TSchema, ValidateFunction>();
  const hold = (schema: TSchema, value: unknown, otherwise: { code: string; subject: string }): void => {
    const validate = compiled.get(schema) ?? compileSchema(schema);
    compiled.set(schema, validate);
    if (validate(value)) return;
    const errors = schemaErrors(validate.errors);
    const { pointer = '', message = 'is wrong' } = errors[0] ?? {};
    const text = `${otherwise.subject} is not of its schema: ${pointer || '/'} ${message}`;
    throw new ToolError(otherwise.code, text, { data: { errors } });
  };
  return {
    input: (tool, schema, value) =>
      hold(schema, value, { code: 'invalid_input', subject: `Cannot call ${tool}: its input` }),
    output: (tool, schema, value) =>
      hold(schema, value, { code: 'invalid_output', subject: `Cannot answer ${tool}: its output` }),
  };
}

/** The kernel's are made the same way. Throws where the schema does not compile. */
function compileSchema(schema: TSchema): ValidateFunction {
  ajv ??= new Ajv2020({
    strictSchema: true,
    allErrors: true,
    useDefaults: true,
    addUsedSchema: false,
    // Compiling the meta-schema would take longer than the first call; ajv checks each keyword that it uses.
    validateSchema: false,
    formats: { 'workspace-path': (text: string) => text.length > 0 && !text.includes('\0') },
  });
  return ajv.compile(schema);
}

/** JSON pointers and what is wrong there. */
function schemaErrors(errors: readonly ErrorObject[] | null | undefined): { pointer: string; message: string }[] {
  return (errors ?? []).map((error) => {
    const extra = error.keyword === 'additionalProperties' ? `: ${String(error.params['additionalProperty'])}` : '';
    return { pointer: error.instancePath, message: `${error.message ?? 'is wrong'}${extra}` };
  });
}
