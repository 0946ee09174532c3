import { CARRIES_BYTES } from '../../../../schema/byte-frame.ts';
import { encodeFrame } from '../../../../schema/frame-codec.ts';
import type { Frame } from '../../../../schema/frame.ts';
import { seededRandom } from './seeded-random.ts';

type Random = () => number;
type Mutation = (bytes: Buffer, random: Random) => Buffer;

const HEADER_BYTES = 4;
/** Bytes and texts that parsers have been wrong about. */
const ODD_BYTES = [0x00, 0x22, 0x5b, 0x5c, 0x7b, 0x7d, 0x80, 0xc0, 0xed, 0xef, 0xfe, 0xff];
const ODD_TEXTS = [
  '"__proto__":{}',
  '{"__proto__":1}',
  '"\\u005f_proto__":1',
  '"constructor":{"prototype":{}}',
  '1e999',
  '-0',
  '"\\ud800"',
  '\\u0000',
  'null',
  '[]',
  '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[',
  '{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":',
  '"id":"',
  '"type":"cancel"',
  '"error":{"code":1}',
  '99999999999999999999999999',
  '\ufeff',
];
const ODD_LENGTHS = [0, 1, 2, 255, 65_536, 0x00ff_ffff, 0x0100_0000, 0x0100_0001, 0x7fff_ffff, 0xffff_ffff];

const pick = <T>(from: readonly T[], random: Random): T | undefined => from[Math.floor(random() * from.length)];
const within = (limit: number, random: Random): number => Math.floor(random() * Math.max(1, limit));

function cut(bytes: Buffer, random: Random): readonly [Buffer, Buffer, Buffer] {
  const [a, b] = [within(bytes.length, random), within(bytes.length, random)];
  const [from, to] = [Math.min(a, b), Math.max(a, b)];
  return [bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to)];
}

/** Keeps the frame's own length right, so that the payload is looked at. */
function payload(change: Mutation): Mutation {
  return (bytes, random) => {
    const changed = change(bytes.subarray(HEADER_BYTES), random);
    const header = Buffer.alloc(HEADER_BYTES);
    const carriesBytes = (bytes[0] ?? 0) >= 0x80;
    header.writeUInt32BE(changed.length + (carriesBytes ? CARRIES_BYTES : 0));
    return Buffer.concat([header, changed]);
  };
}

const flipBits: Mutation = (bytes, random) => {
  const flipped = Buffer.from(bytes);
  for (let times = 1 + within(8, random); times > 0; times -= 1) {
    const at = within(flipped.length, random);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << within(8, random));
  }
  return flipped;
};
const oddBytes: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  for (let times = 1 + within(4, random); times > 0; times -= 1) {
    changed[within(changed.length, random)] = pick(ODD_BYTES, random) ?? 0;
  }
  return changed;
};
const remove: Mutation = (bytes, random) => {
  const [before, , after] = cut(bytes, random);
  return Buffer.concat([before, after]);
};
const repeat: Mutation = (bytes, random) => {
  const [before, part, after] = cut(bytes, random);
  return Buffer.concat([before, part, part, after]);
};
const swap: Mutation = (bytes, random) => {
  const [before, part, after] = cut(bytes, random);
  return Buffer.concat([after, part, before]);
};
const insertText: Mutation = (bytes, random) => {
  const [before, , after] = cut(bytes, random);
  return Buffer.concat([before, Buffer.from(pick(ODD_TEXTS, random) ?? ''), after]);
};
const noise: Mutation = (bytes, random) => Buffer.from(bytes.map(() => within(256, random)));
const shorten: Mutation = (bytes, random) => bytes.subarray(0, within(bytes.length, random));
const wrongLength: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  changed.writeUInt32BE(pick(ODD_LENGTHS, random) ?? 0);
  return changed;
};

const MUTATIONS: readonly Mutation[] = [
  flipBits,
  oddBytes,
  shorten,
  wrongLength,
  noise,
  repeat,
  ...[flipBits, oddBytes, remove, repeat, swap, insertText, noise, shorten].map(payload),
];

/** Frames that were damaged on the way, one to three times each. Equal seeds give equal frames. A few of them are frames all the same. */
export function mutatedFrames(samples: readonly Frame[], seed: number): () => Buffer {
  const random = seededRandom(seed);
  const whole = samples.map((frame) => Buffer.from(encodeFrame(frame)));
  return () => {
    let bytes: Buffer = pick(whole, random) ?? Buffer.alloc(HEADER_BYTES);
    for (let times = 1 + within(3, random); times > 0; times -= 1) {
      // What is too short to hold a length has been damaged enough.
      if (bytes.length > HEADER_BYTES) bytes = pick(MUTATIONS, random)?.(bytes, random) ?? bytes;
    }
    return bytes;
  };
}
