import type { Areas } from '../../../../schema/contract/areas.ts';
import type { Client } from '../../../../schema/contract/contract.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** A value for each member that a schema requires; texts are `true`, which is also a program. */
export function sampleOf(schema: JsonSchema, session: string): Record<string, unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>; // as JSON Schema has it
  const required = (schema['required'] ?? []) as string[]; // likewise
  return Object.fromEntries(
    required.map((name) => [name, name === 'session' ? session : sampleValue(properties[name] ?? {})]),
  );
}

function sampleValue(schema: JsonSchema): unknown {
  const [first] = (schema['anyOf'] ?? schema['oneOf'] ?? []) as JsonSchema[]; // likewise
  if (first !== undefined) return sampleValue(first);
  if ('const' in schema) return schema['const'];
  if (schema['type'] === 'array') return [sampleValue((schema['items'] ?? {}) as JsonSchema)]; // likewise
  if (schema['type'] === 'integer' || schema['type'] === 'number') return schema['minimum'] ?? 1;
  if (schema['type'] === 'boolean') return false;
  return schema['type'] === 'object' ? sampleOf(schema, '') : 'true';
}

/** Says no to whatever asks a person, until it is disposed of. */
export function denyAll(operator: Client<Areas>): AsyncDisposable {
  const stop = new AbortController();
  const denying = (async () => {
    for await (const { approvals } of operator.approval.watch({}, { signal: stop.signal }))
      for (const { id } of approvals)
        await operator.approval.decide({ approval: id, answer: 'deny' }).catch(() => undefined);
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await denying.catch(() => undefined);
    },
  };
}

/** What became of a call: the code of its failure, or that it was answered; undefined for a failure without a code. */
export function outcomeOf(result: { readonly isError?: unknown; readonly _meta?: unknown }): string | undefined {
  if (result.isError !== true) return 'answered';
  const error = (result._meta as { readonly 'cavern/error'?: { readonly code?: string } } | undefined)?.[
    'cavern/error'
  ]; // what failureOf writes
  return error?.code;
}

/** No tool may fail in a way that nobody foresaw. */
export const ODD_OUTCOMES: ReadonlySet<string | undefined> = new Set(['internal', 'invalid_output', undefined]);
