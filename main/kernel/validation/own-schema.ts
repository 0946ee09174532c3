import { type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';

/**
 * The validator of one of the program's own schemas, compiled when it is first asked for. The schema is not held against the
 * meta-schema, whose own compilation takes longer than all of ours: a test does that for every schema instead.
 */
export function ownValidator<T>(schema: TSchema, options: Options = {}): () => ValidateFunction<T> {
  let compiled: ValidateFunction<T> | undefined;
  return () => {
    compiled ??= new Ajv2020({ strict: true, meta: false, validateSchema: false, ...options }).compile<T>(schema);
    return compiled;
  };
}
