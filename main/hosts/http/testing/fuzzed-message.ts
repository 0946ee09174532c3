import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { toWire } from '../../../../schema/http/wire-names.ts';
import { junk, valueOf } from './fuzzed-request.ts';

/** What damages a text: how, where (of its length), and with what. */
const damages = fc.array(
  fc.tuple(
    fc.constantFrom('cut', 'drop', 'double', 'insert', 'swap'),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
  ),
  { minLength: 1, maxLength: 3 },
);

function damaged(text: string, [how, where, with_]: readonly [string, number, string]): string {
  const at = Math.floor(where * text.length);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  if (how === 'cut') return before;
  if (how === 'drop') return before + after.slice(1);
  if (how === 'double') return before + after.slice(0, 5) + after;
  return before + with_ + (how === 'swap' ? after.slice(1) : after);
}

/** The same text, damaged a little. */
export function damagedText(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(text, damages).map(([whole, done]) => done.reduce(damaged, whole));
}

/** Messages of a WebSocket: mostly of those that there are, more or less as the schema of their input would have it. */
export function fuzzedMessages(inputs: Readonly<Record<string, TSchema>>): fc.Arbitrary<string> {
  const whole = fc.oneof(
    ...Object.entries(inputs).map(([type, input]) =>
      valueOf(input)
        .map(toWire(input))
        .map((rest) => JSON.stringify({ type, ...(typeof rest === 'object' ? rest : { rest }) })),
    ),
  );
  return fc.oneof(
    { weight: 6, arbitrary: whole },
    { weight: 4, arbitrary: damagedText(whole) },
    { weight: 2, arbitrary: junk.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 20_000 }).map((depth) => '['.repeat(depth)) },
  );
}
