import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HttpFault } from '../../../schema/http/http-fault.ts';
import { fuzzedMessages } from './testing/fuzzed-message.ts';
import { type Frame, frameBytes, rawSocket } from './testing/raw-socket.ts';
import { ADMIN } from './testing/shelf-keys.ts';
import { openTerminalGateway, shownAreas, type TerminalGateway } from './testing/terminal-gateway.ts';

const isLong = process.env['CAVERN_LONG'] === '1';
const MESSAGES = isLong ? 100_000 : 4000;
const RANDOM = isLong ? 5000 : 200;
/** The long run looks for what nobody has seen; the short one sends the same each time. */
const SEED = isLong ? Date.now() % 0x7fff_ffff : 8;
const CONNECTIONS = 16;
/** Only against hanging. */
const LIMIT = { timeout: 60_000 };

const { write, resize, close } = shownAreas.terminal.members;
const isFault = new Ajv2020({ strict: false }).compile(HttpFault);
const path = (id: string): string => `/api/v1/terminals/${id}`;
let gateway: TerminalGateway;
beforeAll(async () => {
  gateway = await openTerminalGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** A terminal that is shown: each message that it is sent becomes one call, or one error. */
class Shown {
  readonly #socket: WebSocket;
  #outcome: (outcome: unknown) => void = () => undefined;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<number>;

  constructor(id: string) {
    const options: unknown = { headers: { authorization: `Bearer ${ADMIN}` } };
    // Node's takes headers; the type is that of a browser's.
    this.#socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path(id)}`, options as string[]);
    this.opened = new Promise((resolve) => (this.#outcome = resolve));
    this.closed = new Promise((resolve) => this.#socket.addEventListener('close', ({ code }) => resolve(code)));
    this.#socket.addEventListener('message', ({ data }) => this.tell(JSON.parse(String(data))));
  }

  tell(outcome: unknown): void {
    this.#outcome(outcome);
  }

  /** What came of it first; a second outcome would be that of the next message, which tells both to be wrong. */
  send(text: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#outcome = resolve;
      void this.closed.then((code) => reject(new Error(`It was closed with ${code}`)));
      this.#socket.send(text);
    });
  }

  sendBytes(size: number): void {
    this.#socket.send(new Uint8Array(size));
  }

  end(): Promise<number> {
    this.#socket.close();
    return this.closed;
  }
}

function problemWith(outcome: unknown, text: string): string | undefined {
  const { type, error, ...rest } = outcome as { type?: unknown; error?: unknown }; // of an object undefined is no problem
  const told = `${JSON.stringify(outcome)} to ${JSON.stringify(text)}`;
  if (type !== 'error') return error === undefined ? undefined : `an error of the type ${String(type)}: ${told}`;
  if (error === 'internal' || !isFault({ error, ...rest })) return `no error that there is: ${told}`;
  return undefined;
}

it(
  `whatever is written to a terminal over a WebSocket, it is a call or is answered with an error (${MESSAGES} messages)`,
  async () => {
    const inputs = { write: write.input, resize: resize.input, close: close.input };
    const messages = fc.sample(fuzzedMessages(inputs), { seed: SEED, numRuns: MESSAGES });
    const terminals = new Map<string, Shown>();
    const calls = { write: 0, resize: 0, close: 0 };
    gateway.onCall = ({ terminal, type }) => {
      calls[type] += 1;
      terminals.get(terminal)?.tell({ type: 'call' });
    };
    const problems: string[] = [];
    let next = 0;
    const work = async (id: string): Promise<void> => {
      const shown = new Shown(id);
      terminals.set(id, shown);
      await shown.opened;
      for (let text = messages[next++]; text !== undefined; text = messages[next++]) {
        const problem = problemWith(await shown.send(text), text);
        if (problem !== undefined) problems.push(problem);
      }
      // Nothing is left over of what was sent before, and it still works.
      if (JSON.stringify(await shown.send('{"type":"write","text":"x"}')) !== '{"type":"call"}') problems.push(id);
      expect(await shown.end()).toBe(1005);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, n) => work(`shown${n}`)));
    expect(problems.slice(0, 5), `seed ${SEED}`).toEqual([]);
    // It is no test where nothing gets through.
    expect(Object.values(calls).every((count) => count > MESSAGES / 100)).toBe(true);
    await vi.waitFor(() => expect([gateway.shown.size, gateway.connected()]).toEqual([0, 0]), LIMIT);
  },
  30 * 60_000,
);

describe('what is no message at all', () => {
  const text = (words: string, change: Partial<Frame> = {}): Frame => {
    return { opcode: 1, payload: Buffer.from(words), ...change };
  };
  it.each<[string, number, readonly Frame[]]>([
    ['without a mask', 1002, [text('{}', { unmasked: true })]],
    ['with bits of an extension', 1002, [text('{}', { reserved: 4 })]],
    ['of an unknown kind', 1002, [text('{}', { opcode: 3 })]],
    ['that goes on with nothing', 1002, [text('{}', { opcode: 0 })]],
    ['in the midst of another', 1002, [text('{', { fin: false }), text('}')]],
    ['that is a ping in pieces', 1002, [text('x', { opcode: 9, fin: false })]],
    ['that is a ping of more than a ping may hold', 1002, [text('x'.repeat(200), { opcode: 9 })]],
    ['with letters that are none', 1007, [{ opcode: 1, payload: Buffer.from([0xc3, 0x28]) }]],
    ['that closes with a code that nobody may send', 1002, [{ opcode: 8, payload: Buffer.from([0x03, 0xed]) }]],
    ['that closes with half a code', 1002, [{ opcode: 8, payload: Buffer.from([0x03]) }]],
    ['of bytes', 1003, [{ opcode: 2, payload: Buffer.from([1, 2, 3]) }]],
  ])('ends the connection with its code: a frame %s', async (name, code, frames) => {
    const place = { port: gateway.port, path: path('raw'), token: ADMIN };
    const raw = await rawSocket(place, Buffer.concat(frames.map(frameBytes)));
    expect([name, await raw.ended]).toEqual([name, code]);
  });

  it('ends the connection where it is too large', async () => {
    const shown = new Shown('large');
    await shown.opened;
    shown.sendBytes(1024 * 1024 + 1);
    expect(await shown.closed).toBe(1009);
  });

  it(`leaves nothing behind, whatever bytes it is made of (${RANDOM} connections)`, async () => {
    const bytes = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 300 }), { seed: SEED, numRuns: RANDOM });
    let next = 0;
    const work = async (): Promise<void> => {
      for (let sent = bytes[next++]; sent !== undefined; sent = bytes[next++]) {
        const place = { port: gateway.port, path: path('random'), token: ADMIN };
        const raw = await rawSocket(place, Buffer.from(sent));
        raw.leave();
        await raw.ended;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
    await vi.waitFor(() => expect([gateway.shown.size, gateway.connected()]).toEqual([0, 0]), LIMIT);
    const shown = new Shown('after');
    expect(await shown.opened).toMatchObject({ type: 'snapshot' });
    await shown.end();
  });
});
