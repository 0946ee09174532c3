import { Ajv2020 } from 'ajv/dist/2020.js';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import * as spectral from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';
import type { TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import { areas } from '../contract/areas.ts';
import type { Area } from '../contract/contract.ts';
import { COMMON_FAULT_CODES } from '../fault.ts';
import { exampleOf } from './example.ts';
import { hasStatus } from './fault-status.ts';
import { openApiDocument } from './openapi.ts';
import { outputOf, routesOf } from './routes.ts';
import { toWire, wireSchema } from './wire-names.ts';

/** Linters of whole documents take their time; only against hanging. */
const LINT_LIMIT_MS = 180_000;

const document = openApiDocument(areas, { version: '1.2.3', url: 'http://127.0.0.1:7433' });
const text = JSON.stringify(document);
const routes = routesOf(areas);

describe('the OpenAPI document', () => {
  it(
    'passes the linter of Redocly, with everything that it recommends',
    async () => {
      const config = await createConfig({ extends: ['recommended-strict'] });
      const problems = await lintFromString({ source: text, absoluteRef: '/openapi.json', config });
      expect(problems.map(({ ruleId, message, location }) => ({ ruleId, message, at: location[0]?.pointer }))).toEqual(
        [],
      );
    },
    LINT_LIMIT_MS,
  );

  it(
    'passes the linter of Stoplight, with its rules for OpenAPI',
    async () => {
      const linter = new spectral.Spectral();
      // Its own type of a ruleset asks for `extends`, which this one has no need of.
      linter.setRuleset({ extends: [[oas as spectral.RulesetDefinition, 'recommended']] });
      const problems = await linter.run(JSON.parse(text));
      expect(problems.map(({ code, message, path }) => ({ code, message, path: path.join('/') }))).toEqual([]);
    },
    LINT_LIMIT_MS,
  );

  it('has an operation for each call that is bound to HTTP, with a summary, and says which keys it takes', () => {
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { operationId: string }>> };
    const operations = Object.values(paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(operations.sort()).toEqual(
      [...routes.map(({ operation }) => operation), 'server.health', 'server.metrics', 'server.openapi'].sort(),
    );
  });

  it('names no schema of the contract twice', () => {
    expect(text).not.toContain('$id');
  });

  it.each(routes.map((route) => [route.operation, route] as const))(
    'has examples of %s that its schemas allow',
    (_name, route) => {
      expect(problemOf(route.member.input, exampleOf(route.member.input))).toBeNull();
      const output = outputOf(route);
      expect(problemOf(wireSchema(output), toWire(output)(exampleOf(output)))).toBeNull();
    },
  );
});

describe('the status of a code', () => {
  it('is given for every code that the contract has', () => {
    const codes = Object.values<Area>(areas).flatMap(({ members }) =>
      Object.values(members).flatMap(({ faults }) => [...faults]),
    );
    expect([...COMMON_FAULT_CODES, ...codes].filter((code) => !hasStatus(code))).toEqual([]);
  });
});

function problemOf(schema: TSchema, value: unknown): string | null {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, formats: { 'workspace-path': true } });
  return ajv.validate(schema, value) ? null : `${ajv.errorsText()} in ${JSON.stringify(value)}`;
}
