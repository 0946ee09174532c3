import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Frame } from './frame.ts';
import { encodeFrame, FrameDecoder, FrameViolation } from './frame-codec.ts';

const long = process.env['CAVERN_LONG'] === '1';
const casesUrl = new URL('./conformance/frames.yaml', import.meta.url);
const sharedUrl = new URL('../../shared/conformance/frames/frames.yaml', import.meta.url);

interface Case {
  name: string;
  bytes?: string;
  chunks?: string[];
  generate?: string;
  end?: boolean;
  expect: { message?: unknown; error?: string; accepted?: boolean; before_payload?: boolean };
}

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

function framed(text: string): Uint8Array {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}

function nested(levels: number): string {
  const inner = levels - 1;
  return `{"id":"1","type":"request","method":"x","params":${'['.repeat(inner)}${']'.repeat(inner)}}`;
}

function chunksOf(one: Case): Uint8Array[] {
  if (one.generate === 'proto_key')
    return [framed('{"id":"1","type":"request","method":"x","params":{"__proto__":1}}')];
  if (one.generate !== undefined) return [framed(nested(Number(one.generate.replace('nested_', ''))))];
  return one.chunks === undefined ? [hex(one.bytes ?? '')] : one.chunks.map(hex);
}

function receive(chunks: readonly Uint8Array[], end = false): { frames: Frame[]; error?: string } {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  try {
    for (const chunk of chunks) frames.push(...decoder.push(chunk));
    if (end) decoder.end();
  } catch (cause) {
    if (!(cause instanceof FrameViolation)) throw cause;
    return { frames: [...frames, ...cause.before], error: cause.code };
  }
  return { frames };
}

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (cause) {
    return cause instanceof FrameViolation ? cause.code : String(cause);
  }
}

const frames: fc.Arbitrary<Frame> = fc.record(
  {
    id: fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme-ascii' }),
    type: fc.constantFrom('request' as const, 'response' as const, 'event' as const, 'cancel' as const),
    method: fc.string({ maxLength: 40 }),
    params: fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes('__proto__')),
    result: fc.constantFrom(0, null, 'ü'.repeat(70_000), { a: ['{', '"[', '\\'] }),
    error: fc.record({ code: fc.string(), message: fc.string({ unit: 'binary' }), retryable: fc.boolean() }),
  },
  { requiredKeys: ['id', 'type'] },
);

/** What the other side sees of a frame: lone surrogates and negative zero do not survive JSON. */
const throughJson = (frame: Frame): unknown => JSON.parse(JSON.stringify(frame));

describe('frame codec', () => {
  describe('does what the conformance cases say', () => {
    // The file is ours and its shape is the interface above.
    for (const one of parse(readFileSync(casesUrl, 'utf8')) as Case[]) {
      it(one.name, () => {
        const { frames: got, error } = receive(chunksOf(one), one.end === true);
        if (one.expect.error !== undefined) expect({ got, error }).toEqual({ got: [], error: one.expect.error });
        else if (one.expect.message !== undefined) expect({ got, error }).toEqual({ got: [one.expect.message], error });
        else expect(got).toHaveLength(1);
      });
    }
  });

  if (existsSync(sharedUrl)) {
    it('runs the cases of the specification, unchanged', () => {
      expect(readFileSync(casesUrl, 'utf8')).toBe(readFileSync(sharedUrl, 'utf8'));
    });
  }

  it('gives back every frame, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(frames, { maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 9000 })),
        (sent, cuts) => {
          const bytes = Buffer.concat(sent.map(encodeFrame));
          const chunks: Uint8Array[] = [];
          for (let at = 0; at < bytes.length; ) {
            const size = cuts.next().value;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(receive(chunks, true)).toEqual({ frames: sent.map(throughJson) });
        },
      ),
      { numRuns: long ? 5000 : 100 },
    );
  });

  it('writes long texts of any script whole, however many bytes their characters take', () => {
    // Around as many of each as fill what is guessed for a text of that length.
    for (const [character, most] of [
      ['é', 5714],
      ['€', 2667],
      ['😀', 2857],
    ] as const) {
      for (let count = most - 40; count <= most + 40; count += 1) {
        const text = 'a'.repeat(40_000) + character.repeat(count);
        const frame: Frame = { id: '1', type: 'response', result: text };
        const bytes = encodeFrame(frame);
        expect(bytes.length).toBe(4 + Buffer.byteLength(JSON.stringify(frame)));
        expect(Buffer.from(bytes).toString('utf8', 4)).toBe(JSON.stringify(frame));
      }
    }
    const largest = '€'.repeat(5 * 1024 * 1024);
    expect(receive([encodeFrame({ id: '1', type: 'response', result: largest })]).frames[0]?.result === largest).toBe(
      true,
    );
    expect(codeOf(() => encodeFrame({ id: '1', type: 'response', result: `${largest}${largest}` }))).toBe('too_long');
  });

  it('takes an answer that is longer than it may be for one that says so, and nothing else', () => {
    const long = 'x'.repeat(100_000);
    const frames: Frame[] = [
      { id: '1', type: 'response', result: long },
      { id: '2', type: 'response', result: 'short' },
      { id: '3', type: 'event', method: 'tool.output', params: { text: long } },
      { id: '4', type: 'response', result: long.slice(200) },
    ];
    const decoder = new FrameDecoder({ answerLimitBytes: 100_000 });
    const [first, ...others] = frames.flatMap((frame) => decoder.push(encodeFrame(frame)));
    const message = 'Cannot take the answer: it has 100040 bytes, more than 100000';
    expect(first).toEqual({ id: '1', type: 'response', error: { code: 'output_limit', message, retryable: false } });
    expect(others).toEqual(frames.slice(1));
  });

  it('answers damaged bytes with frames or a violation, never with another error', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }), (sent, damage) => {
        const bytes = encodeFrame({ ...sent, result: 1 });
        for (const [at, value] of damage) bytes[at % bytes.length] = value;
        receive([bytes], true);
      }),
      { numRuns: long ? 1_000_000 : 2000 },
    );
  }, 3_600_000);

  it('refuses a key __proto__ that is hidden behind escapes and lets the word pass as a value', () => {
    const hidden = framed('{"id":"1","type":"event","params":[{"\\u005f_pr\\u006Fto__":{"admin":true}}]}');
    const value = framed('{"id":"1","type":"event","params":["__proto__","\\u005f"]}');
    expect([receive([hidden]).error, receive([value]).frames]).toEqual([
      'schema',
      [{ id: '1', type: 'event', params: ['__proto__', '_'] }],
    ]);
  });

  it('counts brackets outside of strings only', () => {
    const params = ['['.repeat(200), '\\"[[{{'.repeat(100), '\\\\'];
    expect(receive([encodeFrame({ id: '1', type: 'event', params })]).frames).toEqual([
      { id: '1', type: 'event', params },
    ]);
  });

  it('survives eight million open brackets', () => {
    expect(receive([framed('['.repeat(8_000_000))])).toEqual({ frames: [], error: 'too_deep' });
  });

  it('does not send what no receiver would take', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 64; level += 1) deep = [deep];
    // JSON.parse makes an own key of it, a literal would set the prototype.
    const proto: unknown = JSON.parse('{"__proto__":1}');
    const codes = [deep, proto, 'x'.repeat(16 * 1024 * 1024), 'ü'.repeat(9 * 1024 * 1024)].map((params) =>
      codeOf(() => encodeFrame({ id: '1', type: 'event', params })),
    );
    expect(codes).toEqual(['too_deep', 'schema', 'too_long', 'too_long']);
  });

  it('refuses fields, types and lengths that the schema does not know', () => {
    const texts = [
      '{"id":"1","type":"event","extra":1}',
      '{"id":"","type":"event"}',
      `{"id":"${'x'.repeat(65)}","type":"event"}`,
      '{"id":1,"type":"event"}',
      '{"id":"1","type":"push"}',
      '{"id":"1","type":"event","method":null}',
      '{"id":"1","type":"response","error":{"code":"x","message":"y"}}',
      '{"id":"1","type":"response","error":{"code":"x","message":"y","retryable":true,"stack":"z"}}',
    ];
    expect(texts.map((text) => receive([framed(text)]).error)).toEqual(texts.map(() => 'schema'));
    const emoji = framed(`{"id":"${'😀'.repeat(64)}","type":"event"}`);
    expect(receive([emoji]).frames).toHaveLength(1);
  });

  it('keeps the frames that came whole before a violation, and takes nothing after it', () => {
    const good = encodeFrame({ id: '1', type: 'event' });
    const decoder = new FrameDecoder();
    let before: readonly Frame[] = [];
    try {
      decoder.push(Buffer.concat([good, hex('00000000'), good]));
    } catch (cause) {
      if (cause instanceof FrameViolation) before = cause.before;
    }
    expect([before, decoder.push(good)]).toEqual([[{ id: '1', type: 'event' }], []]);
  });
});
