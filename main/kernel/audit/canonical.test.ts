import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AUDIT_TYPES, type AuditEntry } from '../../../schema/audit-record.ts';
import { canonicalBody, canonicalLine, lineOfBody, type UnchainedRecord } from './canonical.ts';
import { canonicalData, canonicalJson, fixedData } from './canonical-data.ts';
import { draftBody } from './draft-body.ts';
import { readQuickly } from './quick-body.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const awkward = fc.oneof(
  text,
  fc.constantFrom('","hash":"', '{"prev":', '\\"input":', '\u2028', '€😀', '[redacted:x]'),
);
const integers = fc.integer();
const data = fc.dictionary(awkward, fc.oneof(integers, awkward, fc.array(integers), fc.dictionary(awkward, integers)));
const optional = { act: awkward, session: awkward, sandbox: awkward, tool: awkward, decision: awkward, rule: awkward };
const more = { token: awkward, reason: awkward, input: awkward, output: awkward, path: awkward, pathBytes: awkward };
const records = fc.record(
  {
    type: fc.constantFrom(...AUDIT_TYPES),
    actor: awkward,
    seq: fc.nat(),
    at: fc.nat(),
    ...optional,
    ...more,
    durationMs: fc.nat(),
    data,
  },
  { requiredKeys: ['type', 'actor', 'seq', 'at'] },
) as fc.Arbitrary<UnchainedRecord>; // fast-check's own type of optional keys

test('the quick serialisers write what the general one writes', () => {
  fc.assert(
    fc.property(records, (record) => {
      const chained = { ...record, prev: '0'.repeat(64), hash: 'f'.repeat(64) };
      expect(canonicalBody(record)).toBe(canonicalJson(record));
      expect(canonicalLine(chained)).toBe(canonicalJson(chained));
      expect(lineOfBody(canonicalBody(record), chained)).toBe(canonicalJson(chained));
    }),
    { numRuns: 500 },
  );
});

test('the quick reader reads nothing that is not canonical, and what it reads is what is there', () => {
  const fields = ['seq', 'at', 'type', 'actor', 'session', 'sandbox', 'tool', 'decision', 'data'] as const;
  let readAtAll = 0;
  fc.assert(
    fc.property(
      records,
      fc.nat(),
      fc.constantFrom(' ', '"', '\\', '0', '{', '}', ',', '"a":1,'),
      (record, at, insert) => {
        const body = canonicalBody(record);
        const quick = readQuickly(body);
        if (quick) {
          readAtAll += 1;
          expect(quick).toEqual(Object.fromEntries(fields.map((name) => [name, record[name]])));
        }
        const changed = body.slice(0, at % body.length) + insert + body.slice(at % body.length);
        if (readQuickly(changed)) expect(canonicalJson(JSON.parse(changed))).toBe(changed);
      },
    ),
    { numRuns: 2000 },
  );
  expect(readAtAll).toBeGreaterThan(0);
});

function drafted(entry: AuditEntry): UnchainedRecord {
  const { before, after } = draftBody(entry, 1);
  return JSON.parse(`${before}1${after}`) as UnchainedRecord; // what draftBody writes
}

test('a lone surrogate has no canonical form, and becomes U+FFFD before it is recorded', () => {
  const record: UnchainedRecord = { type: 'call_decided', actor: 'operator', seq: 1, at: 1, input: 'a\ud800b' };
  expect(() => canonicalBody(record)).toThrow(TypeError);
  expect(drafted({ type: 'call_decided', actor: 'operator', input: 'a\ud800b' }).input).toBe('a\ufffdb');
});

test('a summary is cut at 500 characters, whatever they take in UTF-16', () => {
  const entry: AuditEntry = {
    type: 'call_finished',
    actor: 'operator',
    output: '😀'.repeat(501),
    input: '😀'.repeat(500),
  };
  const fields = drafted(entry);
  expect(fields.output).toBe(`${'😀'.repeat(499)}…`);
  expect(fields.input).toBe('😀'.repeat(500));
});

test('data with a null or a fraction is refused, as every number is an integer and absent is absent', () => {
  for (const bad of [{ a: null }, { a: 0.5 }, { a: [1, { b: Number.NaN }] }]) {
    expect(() => draftBody({ type: 'call_decided', actor: 'operator', data: bad }, 1)).toThrow(TypeError);
  }
});

test('data that is fixed has the form that it has otherwise, and nobody changes it', () => {
  const make = () => ({ b: [1, 'x', { d: true, c: undefined }], a: {} });
  const fixed = fixedData(make());
  expect(canonicalData(fixed)).toBe(canonicalData(make()));
  expect(canonicalData(fixed)).toBe('{"a":{},"b":[1,"x",{"d":true}]}');
  expect(() => Object.assign(fixed.b, ['other'])).toThrow(TypeError);
  expect(() => fixedData({ a: null })).toThrow(TypeError);
});

test('data of other kinds than records have goes the way of the general serialiser', () => {
  const told = { toJSON: () => ({ b: 1, a: 2 }) };
  expect(canonicalData({ told, list: [undefined], made: Object.create(null) as object })).toBe(
    '{"list":[null],"made":{},"told":{"a":2,"b":1}}',
  );
  expect(() => canonicalData({ text: 'a\ud800' })).toThrow(TypeError);
});
