import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseSizeBytes, parseTimeMs, UnitError } from './units.ts';

interface UnitCases {
  readonly ok: Record<string, number>;
  readonly error: readonly string[];
}

// The file of the specification has this shape.
const cases = parse(readFileSync(new URL('./conformance/units/units.yaml', import.meta.url), 'utf8')) as {
  readonly sizes: UnitCases;
  readonly times: UnitCases;
};

describe.each([
  ['a size', cases.sizes, parseSizeBytes],
  ['a time', cases.times, parseTimeMs],
] as const)('%s', (_subject, { ok, error }, parseUnit) => {
  test.each(Object.entries(ok))('reads %s as %d', (text, value) => {
    expect(parseUnit(text)).toBe(value);
  });

  test.each(error)('refuses %j and names it', (text) => {
    expect(() => parseUnit(text)).toThrow(UnitError);
    expect(() => parseUnit(text)).toThrow(`"${text}"`);
  });
});
