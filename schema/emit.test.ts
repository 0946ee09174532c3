import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { areas } from './contract/areas.ts';
import { emittedSchemas, HTTP_CLIENT, HTTP_PAGE } from './emit.ts';
import { withCalls } from './http/calls-page.ts';
import { typeScriptClient } from './http/typescript-client.ts';

const folder = join(import.meta.dirname, 'json');

test('schema/json is what the definitions say: node schema/emit.ts writes it', () => {
  const there = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  expect(there).toEqual(new Map(emittedSchemas()));
});

test('the client of the HTTP API is what the contract says: node schema/emit.ts writes it', () => {
  expect(readFileSync(join(import.meta.dirname, HTTP_CLIENT), 'utf8')).toBe(typeScriptClient(areas));
});

test('the list of calls in docs/api.md is that of the contract: node schema/emit.ts writes it', () => {
  const page = readFileSync(join(import.meta.dirname, HTTP_PAGE), 'utf8');
  expect(page).toBe(withCalls(page, areas));
});

test.each([
  ['policy', 'profiles/policy.yaml'],
  ['profile', 'profiles/workspace.yaml'],
  ['seccomp', 'profiles/seccomp/standard.yaml'],
  ['plugin-manifest', 'plugins/fs/plugin.json'],
])('the emitted schema of a %s accepts %s', (name, file) => {
  const schema: unknown = JSON.parse(emittedSchemas().get(`${name}.schema.json`) ?? '');
  const ajv = new Ajv2020({ strict: false, formats: { 'workspace-path': true } });
  const validate = ajv.compile(schema as object); // what was just emitted is an object
  validate(parse(readFileSync(join(import.meta.dirname, '..', file), 'utf8')));
  expect(validate.errors).toBeNull();
});
