import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import { describedProblem, schemaProblems } from '../../../schema/schema-problem.ts';
import { ToolError } from './tool-error.ts';

/** Holds what a tool is given and gives against its schemas. */
export interface ToolSchemaCheck {
  /** Fills in defaults. Throws ToolError `invalid_input`. */
  input(tool: string, schema: TSchema, value: unknown): void;
  /** Throws ToolError `invalid_output`. */
  output(tool: string, schema: TSchema, value: unknown): void;
}

interface Refusal {
  readonly code: string;
  readonly action: string;
  /** What is wrong where no part of it is. */
  readonly whole: string;
}

let ajv: Ajv2020 | undefined;

/** The check that Cavern makes of every call, for whoever runs a plugin without it. */
export function toolSchemaCheck(): ToolSchemaCheck {
  const compiled = new Map<TSchema, ValidateFunction>();
  const hold = (schema: TSchema, value: unknown, otherwise: Refusal): void => {
    const validate = compiled.get(schema) ?? compileSchema(schema);
    compiled.set(schema, validate);
    if (validate(value)) return;
    const errors = schemaProblems(validate.errors);
    const [first = { pointer: '', message: 'is wrong' }] = errors;
    const text = `${otherwise.action}: ${describedProblem(first, value, otherwise.whole)}`;
    throw new ToolError(otherwise.code, text, { data: { errors } });
  };
  return {
    input: (tool, schema, value) =>
      hold(schema, value, { code: 'invalid_input', action: `Cannot call ${tool}`, whole: 'the input' }),
    output: (tool, schema, value) =>
      hold(schema, value, { code: 'invalid_output', action: `Cannot answer ${tool}`, whole: 'the output' }),
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
