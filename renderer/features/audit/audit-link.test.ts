import fc from 'fast-check';
import type { SessionId } from '../../../schema/entities.ts';
import { expect, test } from 'vitest';
import { filtersOf, queryOf } from './audit-link.ts';

test('filters come back from their query as they were', () => {
  const text = fc.string({ minLength: 1 });
  const filters = fc.record(
    {
      types: fc.constant(['genesis', 'call_decided'] as const).map((types) => [...types]),
      session: text.map((id) => id as SessionId),
      actor: text,
      decision: text,
      tool: text,
      rule: text,
      act: text,
      path: text,
      text,
      sinceMs: fc.nat(),
      untilMs: fc.nat(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(filters, (one) => {
      expect(filtersOf(queryOf(one))).toEqual(one);
    }),
  );
});

test('what a query does not make clear is left out', () => {
  expect(filtersOf('type=call_made&sinceMs=soon&text=&x=1')).toEqual({});
});
