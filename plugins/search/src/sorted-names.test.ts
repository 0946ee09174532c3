import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SortedNames } from './sorted-names.ts';

/** Bytes, most of them of paths that share folders, some of no text at all. */
const name = fc
  .array(
    fc.oneof(
      fc.constantFrom(...['/', '-', 'a', 'b', 'é', '\uFF21', '\u{1F333}'].map((text) => Buffer.from(text))),
      fc.uint8Array({ minLength: 1, maxLength: 2 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0))),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts))
  .filter((bytes) => bytes.length > 0);

const prefix = fc.constantFrom('./', '');

it('names that come in any pieces are in the order that sorting them all gives', () => {
  fc.assert(
    fc.property(fc.array(fc.array(name, { maxLength: 40 }), { maxLength: 8 }), prefix, (pieces, begun) => {
      const names = new SortedNames(begun);
      for (const piece of pieces) {
        names.add(Buffer.concat(piece.flatMap((each) => [Buffer.from(begun), each, Buffer.of(0)])));
      }
      const wanted = pieces
        .flat()
        .map((each) => each.toString('utf8'))
        .sort();
      expect([names.all(), names.all()]).toEqual([wanted, wanted]);
    }),
  );
});

it('names of many folders and of one large folder are in order, wherever the pieces are cut', () => {
  const paths = Array.from({ length: 5_000 }, (_, index) => {
    const mixed = (index * 7_919) % 5_000;
    return mixed % 3 === 0 ? `one/n${mixed}` : `d${mixed % 60}/${mixed % 7 === 0 ? '' : 'deep/'}name-${mixed}.ts`;
  });
  const names = new SortedNames('./');
  for (let at = 0; at < paths.length; at += 333) {
    names.add(
      Buffer.from(
        paths
          .slice(at, at + 333)
          .map((path) => `./${path}\0`)
          .join(''),
      ),
    );
  }
  expect(names.all()).toEqual(paths.toSorted());
});
