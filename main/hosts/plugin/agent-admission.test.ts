import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SandboxId } from '../../../schema/entities.ts';
import type { Fault } from '../../../schema/fault.ts';
import { type Clock, systemClock, VirtualClock } from '../../base/clock.ts';
import type { AgentEndpoint } from '../../kernel/sandboxes/agent-port.ts';
import { connectFramed } from '../../platform/framed-socket/framed-socket.ts';
import type { ProcessPlace } from '../../platform/framed-socket/process-container.ts';
import type { SocketChannel } from '../../platform/framed-socket/socket-channel.ts';
import { createAgentHost } from './agent-host.ts';

const container = 'c0de'.repeat(16);
const sandbox = 'box-1' as SandboxId; // A brand has no other maker in tests.
const hello = { protocol: 2, agent: '0.1.0', node: 'v24', pid: 1, terminals: [] };
const forever = new AbortController().signal;

let folder = '';
let endpoint: AgentEndpoint;
let refused: string[] = [];

interface Setting {
  place?: ProcessPlace | undefined;
  expectedUid?: number;
  expectContainer?: () => string | undefined;
  clock?: Clock;
}

async function listen(setting: Setting = {}): Promise<void> {
  const host = createAgentHost({
    folder,
    expectedUid: setting.expectedUid ?? process.getuid?.() ?? 0,
    clock: setting.clock ?? systemClock,
    onRefused: ({ reason, peer }) => refused.push(`${reason}${peer.pid === process.pid ? '' : ' (not us)'}`),
    placeOf: async () => {
      if ('place' in setting && setting.place === undefined) throw new Error('gone');
      return setting.place ?? { containerId: container, isFirst: true };
    },
  });
  endpoint = await host.listen(sandbox, setting.expectContainer ?? (() => container));
}

const connect = (): Promise<SocketChannel> => connectFramed(path.join(endpoint.folder, 'kernel.sock'));

async function sayHello(params: unknown = hello): Promise<SocketChannel> {
  const channel = await connect();
  channel.onFrame(() => undefined);
  void channel.send({ id: '0', type: 'event', method: 'hello', params });
  return channel;
}

const closed = (channel: SocketChannel): Promise<void> => new Promise((resolve) => channel.onClose(() => resolve()));
const codeOf = (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => 'none',
    (cause: Fault) => cause.code,
  );

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cavern-host-'));
  refused = [];
});
afterEach(async () => {
  await endpoint[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('the host of agents', () => {
  const strangers: [threat: string, setting: Setting, reason: string][] = [
    ['a process of another user', { expectedUid: 4242 }, `it runs as user ${process.getuid?.()}`],
    [
      'a process outside of containers',
      { place: { containerId: '', isFirst: false } },
      'it does not live in the container of this sandbox',
    ],
    [
      'another container',
      { place: { containerId: 'b'.repeat(64), isFirst: true } },
      'it does not live in the container of this sandbox',
    ],
    [
      'a program in the sandbox that plays the agent',
      { place: { containerId: container, isFirst: false } },
      'it is not the agent of this sandbox',
    ],
    ['a process that is gone already', { place: undefined }, 'it was gone before it could be identified'],
  ];
  for (const [threat, setting, reason] of strangers) {
    it(`refuses ${threat}`, async () => {
      await listen(setting);
      await closed(await sayHello());
      expect(refused).toEqual([reason]);
    });
  }

  const greetings: [name: string, params: unknown, reason: string][] = [
    ['a protocol of the future', { ...hello, protocol: 5 }, 'it speaks protocol 5, supported are 1 and 4'],
    ['a protocol of no time', { ...hello, protocol: 0 }, 'it speaks protocol 0, supported are 1 and 4'],
    [
      'a hello of another form',
      { ...hello, terminals: [{ terminal: 'a', start: 5, end: 1 }] },
      'its hello is not of the protocol',
    ],
  ];
  for (const [name, params, reason] of greetings) {
    it(`refuses ${name}`, async () => {
      await listen();
      await closed(await sayHello(params));
      expect(refused).toEqual([reason]);
    });
  }

  it('refuses whoever does not say hello first, or not in time', async () => {
    const clock = new VirtualClock();
    await listen({ clock });
    const first = await connect();
    first.onFrame(() => undefined);
    void first.send({ id: '1', type: 'response', result: {} });
    await closed(first);
    const silent = await connect();
    silent.onFrame(() => undefined);
    const ended = closed(silent);
    await expect
      .poll(() => {
        clock.advance(5000);
        return refused;
      })
      .toHaveLength(2);
    await ended;
    expect(refused).toEqual(['it did not say hello first', 'it did not say hello in time']);
  });

  it('waits for the id of a container that is still being made', async () => {
    let id: string | undefined;
    await listen({ expectContainer: () => id });
    await sayHello();
    setTimeout(() => {
      id = container;
    }, 30);
    expect((await endpoint.connection(AbortSignal.timeout(30_000))).peer.containerId).toBe(container);
  });

  it('ends the connection of an agent that sends no frame, and reports it', async () => {
    await listen();
    const channel = await sayHello();
    const connection = await endpoint.connection(forever);
    const pending = codeOf(connection.request('x', {}));
    void channel.send({ id: '', type: 'event' });
    await closed(channel);
    expect([refused, await pending]).toEqual([['a malformed frame: schema'], 'disconnected']);
  });

  it('stops waiting when nobody wants the connection any more', async () => {
    await listen();
    expect(await codeOf(endpoint.connection(AbortSignal.timeout(10)))).toBe('cancelled');
  });
});

describe('the connection to an agent', () => {
  /** An agent that a test plays. */
  async function play(answer: (id: string, method: string, channel: SocketChannel) => void) {
    await listen();
    const channel = await sayHello();
    const frames: unknown[] = [];
    channel.onFrame((frame) => {
      frames.push(frame);
      if (frame.type === 'request') answer(frame.id, frame.method ?? '', channel);
    });
    return { channel, frames, connection: await endpoint.connection(forever) };
  }

  it('ignores answers that are late, doubled or made up', async () => {
    const { connection } = await play((id, _method, channel) => {
      void channel.send({ id: '999', type: 'response', result: 'made up' });
      void channel.send({ id, type: 'response', result: 'right' });
      void channel.send({ id, type: 'response', result: 'double' });
      void channel.send({ id, type: 'event', method: 'late', params: {} });
    });
    const events: string[] = [];
    connection.onEvent((method) => events.push(method));
    const answers = [await connection.request('a', {}), await connection.request('b', {})];
    expect([answers, events]).toEqual([['right', 'right'], []]);
  });

  it('hands over events in order and the answer after them, however long the receiver takes', async () => {
    const { connection } = await play((id, _method, channel) => {
      for (let n = 0; n < 5; n += 1) void channel.send({ id, type: 'event', method: 'n', params: n });
      void channel.send({ id, type: 'response', result: 'end' });
    });
    const seen: unknown[] = [];
    const onEvent = async (_method: string, n: unknown): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, n === 0 ? 20 : 0));
      seen.push(n);
    };
    seen.push(await connection.request('a', {}, { onEvent }));
    expect(seen).toEqual([0, 1, 2, 3, 4, 'end']);
  });

  it('gives credit for what was taken, none for what waits', async () => {
    const { connection, frames } = await play((id, _method, channel) => {
      for (let n = 0; n < 4; n += 1)
        void channel.send({ id, type: 'event', method: 'n', params: { text: 'x'.repeat(200_000) } });
    });
    let taken = 0;
    const abort = new AbortController();
    const running = connection.request(
      'a',
      {},
      {
        signal: abort.signal,
        onEvent: () => (++taken < 3 ? undefined : new Promise<void>(() => undefined)),
      },
    );
    await expect.poll(() => taken).toBe(3);
    await expect.poll(() => frames).toHaveLength(2);
    abort.abort();
    expect([await codeOf(running), frames[1]]).toEqual([
      'cancelled',
      { id: '1', type: 'event', method: 'credit', params: { bytes: 2 * 200_064 } },
    ]);
    await expect.poll(() => frames[2]).toEqual({ id: '1', type: 'cancel' });
  });

  it('is ended when the agent sends far more than it may', async () => {
    const { connection } = await play((id, _method, channel) => {
      for (let n = 0; n < 30; n += 1)
        void channel.send({ id, type: 'event', method: 'n', params: { text: 'x'.repeat(1_000_000) } });
    });
    const flooded = connection.request('a', {}, { onEvent: () => new Promise<void>(() => undefined) });
    expect([await codeOf(flooded), refused]).toEqual(['disconnected', ['it sent more events than its window allows']]);
  });

  it('gives the failure of a receiver to who asked', async () => {
    const { connection } = await play(
      (id, _method, channel) => void channel.send({ id, type: 'event', method: 'n', params: 1 }),
    );
    const onEvent = (): never => {
      throw new Error('not an answer');
    };
    await expect(connection.request('a', {}, { onEvent })).rejects.toThrow('not an answer');
  });
});
