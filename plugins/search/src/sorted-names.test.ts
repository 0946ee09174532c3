import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SortedNames } from './sorted-names.ts';

it('names that come in any pieces are in the order that sorting them all gives', () => {
  const unit = fc.oneof(
    fc.constantFrom('/', '-', 'a', 'b'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }).filter((one) => one !== '\0'),
  );
  const name = fc.string({ minLength: 1, maxLength: 8, unit });
  fc.assert(
    fc.property(fc.array(fc.array(name, { maxLength: 40 }), { maxLength: 8 }), (pieces) => {
      const names = new SortedNames();
      for (const piece of pieces) names.add(piece.join('\0'));
      const wanted = pieces.flat().sort();
      expect([names.all(), names.all()]).toEqual([wanted, wanted]);
    }),
  );
});
