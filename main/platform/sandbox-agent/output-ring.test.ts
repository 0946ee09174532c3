import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OutputRing } from './output-ring.ts';

function readAll(ring: OutputRing, from: number, portion: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = from; at < ring.end; ) {
    const part = ring.read(at, portion);
    parts.push(Buffer.from(part));
    at += part.length;
  }
  return Buffer.concat(parts);
}

it('keeps the last bytes of whatever was written, at their offsets', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 30 }),
      (chunks, limit, portion) => {
        const ring = new OutputRing(limit);
        for (const chunk of chunks) ring.push(chunk);
        const all = Buffer.concat(chunks);
        expect(ring.end).toBe(all.length);
        expect(ring.start).toBe(Math.max(0, all.length - limit));
        expect(readAll(ring, ring.start, portion)).toEqual(all.subarray(ring.start));
      },
    ),
  );
});

it('grows to its limit without losing what it holds', () => {
  const ring = new OutputRing(1_000_000);
  const bytes = Buffer.alloc(700_000, Buffer.from([...Array(251).keys()]));
  for (let at = 0; at < bytes.length; at += 33_333) ring.push(bytes.subarray(at, at + 33_333));
  expect([ring.start, readAll(ring, 0, 100_000).equals(bytes), ring.read(ring.end, 10).length]).toEqual([0, true, 0]);
});
