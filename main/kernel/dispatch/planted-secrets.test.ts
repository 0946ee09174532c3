import Type from 'typebox';
import { expect, test } from 'vitest';
import { createChannelPair } from '../../../schema/client/channel-pair.ts';
import { createClient } from '../../../schema/client/client.ts';
import { area, call, stream } from '../../../schema/contract/contract.ts';
import { Fault } from '../../../schema/fault.ts';
import { VirtualClock } from '../../base/clock.ts';
import { createLogger } from '../../base/logger.ts';
import { createRedactor } from '../policy/redactor.ts';
import type { Caller } from './context.ts';
import { Dispatch } from './dispatch.ts';
import { RunningActs } from './running-acts.ts';
import { serveChannel } from './serve-channel.ts';

const any = Type.Unknown();
const box = area('box', {
  echo: call({ about: 'Give it back', effect: 'write', input: Type.Object({ value: any }), output: any, faults: [] }),
  fail: call({
    about: 'Fail with it',
    effect: 'write',
    input: Type.Object({ value: any }),
    output: any,
    faults: ['bad'],
  }),
  pour: stream({
    about: 'Give it in drops',
    effect: 'write',
    input: Type.Object({ text: Type.String() }),
    event: any,
    faults: [],
  }),
});
const areas = { box };

const repeat = (text: string, length: number): string => text.repeat(length).slice(0, length);
const KINDS: readonly ((n: number) => string)[] = [
  (n) => `sk-${repeat(`Ab${n}_`, 24)}`,
  (n) => `ghp_${repeat(`aB3${n}`, 36)}`,
  (n) => `github_pat_${repeat(`x${n}Y`, 30)}`,
  (n) => `AKIA${repeat(`Q${n}Z7`, 16)}`,
  (n) => `xoxb-${repeat(`1${n}a-`, 24)}`,
  (n) => `glpat-${repeat(`k${n}L`, 20)}`,
  (n) => `npm_${repeat(`n${n}P`, 36)}`,
  (n) => `-----BEGIN PRIVATE KEY-----\n${repeat(`MII${n}`, 64)}\n-----END PRIVATE KEY-----`,
  (n) => `${100 + n}-45-${6000 + n}`,
  (n) => `TCK-${100_000 + n}`,
  (n) => `DE${10 + (n % 80)} 3704 0044 0532 0${100 + n} 00`,
  (n) => `cav_${repeat(`k${n}`, 8)}_${repeat(`s${n}-_`, 28)}`,
];
const PLACES: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => JSON.stringify({ token: secret }),
  (secret) => `https://example.org/?q=${encodeURIComponent(secret)}&z=1`,
  (secret) => `export KEY="${secret}"; run`,
  (secret) => JSON.stringify({ lines: `first\n${secret}\tlast` }),
  (secret) => `https://example.org/%20${encodeURIComponent(secret)}`,
];
const planted = Array.from({ length: 200 }, (_, n) => KINDS[n % KINDS.length]?.(n) ?? '');
/** The heart of a secret, as it looks in any of the places. */
const heart = (secret: string): string => /[\w-]{8,}(?=\n-----END)|^[\w-]+$/.exec(secret)?.[0] ?? secret;

const redactor = createRedactor([
  { name: 'ticket', pattern: 'TCK-[0-9]{6}' },
  { name: 'iban', pattern: 'DE[0-9]{2}(?:(?: |%20)?[0-9]{4}){4}(?: |%20)?[0-9]{2}' },
]);
const agent: Caller = { actor: 'agent:a', tags: [], containerId: 'c1', peerPid: 7 };

function setUp(caller: Caller) {
  const written: string[] = [];
  const record = (entry: unknown): void => void written.push(JSON.stringify(entry));
  const dispatch = new Dispatch({
    areas,
    handlers: {
      box: {
        echo(input, context) {
          const text = JSON.stringify(input.value);
          context.note({ output: text, path: text.slice(0, 900), data: { [text.slice(0, 900)]: text } });
          return input.value;
        },
        fail(input) {
          if (String(input.value).length % 2 === 0) throw new TypeError(String(input.value));
          throw new Fault('bad', `Cannot do it: ${String(input.value)}`, { why: String(input.value), data: input });
        },
        async *pour({ text }) {
          for (const character of text) yield { type: 'output', text: character };
          for (const character of text)
            yield { type: 'output', stream: 'stdout', base64: Buffer.from(character).toString('base64') };
          yield { type: 'result', result: text };
        },
      },
    },
    clock: new VirtualClock(1000),
    logger: createLogger({
      level: 'debug',
      now: () => 0,
      redact: (text) => redactor.redact(text),
      write: (line) => void written.push(line),
    }),
    gate: {
      policy: {
        decide: () => ({ decision: 'allow', via: 'rules', rule: 'r', reasons: [], flagged: false, warnings: [] }),
      },
      audit: { writable: true, append: async (entry) => record(entry), record },
      review: {
        ask: async () => ({ answer: 'deny', by: 'operator', reason: undefined }),
        approve: async () => ({ answer: 'allow', by: 'operator', reason: undefined }),
      },
      redact: (text) => redactor.redact(text),
      redaction: () => redactor,
      subjects: new Map([
        ['box.echo', (input) => [{ syscall: 'box.echo', path: JSON.stringify(input).slice(0, 900) }]],
      ]),
      sessionOf: () => undefined,
      running: new RunningActs(),
    },
  });
  const [near, far] = createChannelPair();
  serveChannel({ dispatch, channel: far, caller, onViolation: () => undefined });
  return { client: createClient(areas, near), written };
}

test('nothing of 200 planted secrets survives in audit, logs, results, failures or output that comes in drops', async () => {
  const { client, written } = setUp(agent);
  const seen: string[] = [];
  for (const [index, secret] of planted.entries()) {
    const text = PLACES[index % PLACES.length]?.(secret) ?? '';
    seen.push(JSON.stringify(await client.box.echo({ value: { [`key ${secret}`]: [text] } })));
    await client.box.fail({ value: text }).catch((fault: Fault) => seen.push(JSON.stringify(fault.toShape())));
    let poured = '';
    let bytes = '';
    for await (const event of client.box.pour({ text })) {
      const { text: piece, base64, result } = event as { text?: string; base64?: string; result?: string };
      poured += piece ?? '';
      bytes += base64 === undefined ? '' : Buffer.from(base64, 'base64').toString('latin1');
      if (result !== undefined) seen.push(result);
    }
    seen.push(poured, bytes);
  }
  const everything = [...seen, ...written].join('\n');
  expect(planted.filter((secret) => everything.includes(heart(secret)))).toEqual([]);
  expect(written.length).toBeGreaterThan(400);
});

test('what the operator sees is not touched, what is recorded of it is', async () => {
  const secret = planted[0] ?? '';
  const { client, written } = setUp({ actor: 'operator', tags: ['operator'], containerId: '', peerPid: 0 });
  expect(await client.box.echo({ value: secret })).toBe(secret);
  expect(written.join()).not.toContain(secret);
});

test('base64 that looks like nothing is left alone', async () => {
  const { client } = setUp(agent);
  const value = Buffer.from('ordinary bytes of a picture').toString('base64');
  expect(await client.box.echo({ value })).toBe(value);
});
