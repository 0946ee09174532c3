import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder, FrameViolation } from './frame-codec.ts';
import type { Frame } from './frame.ts';

const sent: Frame = { id: '0', type: 'event', method: 'terminal.data', params: { terminal: 't', offset: 7 } };
const carrying = (bytes: Uint8Array): Frame => ({ ...sent, params: { terminal: 't', offset: 7, bytes } });

/** The frame's length, with the mark of bytes, before what follows. */
function framed(payload: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(0x8000_0000 + payload.length);
  return Buffer.concat([header, payload]);
}

function payload(json: string, bytes: Uint8Array, announced = Buffer.byteLength(json)): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(announced);
  return Buffer.concat([length, Buffer.from(json), bytes]);
}

function codeOf(chunk: Uint8Array): string | number {
  try {
    return new FrameDecoder({ bytes: 'taken' }).push(chunk).length;
  } catch (cause) {
    return cause instanceof FrameViolation ? cause.code : String(cause);
  }
}

describe('a frame that carries bytes', () => {
  it('comes with every byte, between frames without, however it was cut', () => {
    const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 5000 }));
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20_000 }), { maxLength: 4 }), cuts, (all, sizes) => {
        const frames = all.flatMap((bytes) => [carrying(bytes), { id: '1', type: 'cancel' } as const]);
        const stream = Buffer.concat(frames.map(encodeFrame));
        const decoder = new FrameDecoder({ bytes: 'taken' });
        const came: Frame[] = [];
        for (let at = 0; at < stream.length; ) {
          const size = sizes.next().value;
          came.push(...decoder.push(stream.subarray(at, at + size)));
          at += size;
        }
        decoder.end();
        const expected = frames.map((frame) => ('params' in frame ? carriedAsBuffer(frame) : frame));
        expect(came).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('is too long for who does not take bytes', () => {
    expect(() => new FrameDecoder().push(encodeFrame(carrying(Buffer.from('x'))))).toThrow(FrameViolation);
  });

  it('keeps its bytes when the chunk it came in is used again', () => {
    const chunk = Buffer.from(encodeFrame(carrying(Buffer.from('kept'))));
    const [frame] = new FrameDecoder({ bytes: 'taken' }).push(chunk);
    chunk.fill(0);
    expect(frame).toEqual(carriedAsBuffer(carrying(Buffer.from('kept'))));
  });

  it('is refused where its parts do not fit, or it is no event that could carry any', () => {
    const event = JSON.stringify(sent);
    const bytes = Buffer.from('abc');
    const refused = [
      new Uint8Array(0),
      Buffer.from([0, 0, 0]),
      Buffer.from([0, 0, 0, 0]),
      payload(event, bytes, 0),
      payload(event, bytes, event.length + 4),
      payload(event, bytes, 0xffff_ffff),
      payload('{"id":"1","type":"request","method":"x","params":{}}', bytes),
      payload('{"id":"1","type":"event","params":[]}', bytes),
      payload('{"id":"1","type":"event"}', bytes),
      payload('{"id":"1","type":"event","params":{"bytes":1}}', bytes),
    ];
    expect(refused.map((each) => codeOf(framed(each)))).toEqual(refused.map(() => 'schema'));
    expect([codeOf(framed(payload('{', bytes))), codeOf(framed(payload(event, bytes)))]).toEqual(['json', 1]);
  });

  it('is not sent where it is longer than any frame', () => {
    expect(() => encodeFrame(carrying(Buffer.alloc(16 * 1024 * 1024)))).toThrow(FrameViolation);
  });
});

function carriedAsBuffer(frame: Frame): Frame {
  const { bytes } = frame.params as { bytes: Uint8Array }; // made by `carrying`
  return carrying(Buffer.from(bytes));
}
