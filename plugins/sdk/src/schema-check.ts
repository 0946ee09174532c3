import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';

let ajv: Ajv2020 | undefined;

/** Validators of tool inputs and outputs; inputs get their defaults. The kernel's are made the same way. Throws where the schema does not compile. */
export function compileSchema(schema: TSchema): ValidateFunction {
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
export function schemaErrors(
  errors: readonly ErrorObject[] | null | undefined,
): { pointer: string; message: string }[] {
  return (errors ?? []).map((error) => {
    const extra = error.keyword === 'additionalProperties' ? `: ${String(error.params['additionalProperty'])}` : '';
    return { pointer: error.instancePath, message: `${error.message ?? 'is wrong'}${extra}` };
  });
}
