import { schemaOperations, type SchemaWork } from './schema-check.ts';

const operations = schemaOperations();

/** In the thread that asks, for tests that are about something else. */
export const directSchemaWork: SchemaWork = {
  check: async (_plugin, question) => operations.check(structuredClone(question)),
};
