import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';

const options = { strict: true, allErrors: true, useDefaults: true } as const;

/** Validators of tool inputs and outputs; inputs get their defaults. Both sides of a plugin's connection use the same. */
export function compileSchema(schema: TSchema): ValidateFunction {
  return new Ajv2020({
    ...options,
    formats: { 'workspace-path': (text: string) => text.length > 0 && !text.includes('\0') },
  }).compile(schema);
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
