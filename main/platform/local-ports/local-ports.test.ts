import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { SessionPorts } from '../../../schema/contract/port.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { VirtualClock } from '../../base/clock.ts';
import { OpenPorts } from '../../kernel/ports/open-ports.ts';
import type { LocalPorts } from '../../kernel/ports/ports.ts';
import { DirectAgent } from './direct-agent.fixture.ts';
import { localPorts } from './local-ports.ts';

const session = 'work' as SessionId; // A brand has no other maker in tests.
const MEBIBYTE = 1024 ** 2;

let inner: Server;
let innerPort = 0;
let serve: (socket: Socket) => void = (socket) => socket.end();
let agent: DirectAgent;
let clock: VirtualClock;
let records: AuditEntry[];
let ports: OpenPorts;
/** The numbers that were asked for on this machine. */
let wanted: (number | undefined)[];

beforeEach(async () => {
  inner = createServer({ allowHalfOpen: true }, (socket) => serve(socket));
  inner.listen(0, '127.0.0.1');
  await once(inner, 'listening');
  innerPort = (inner.address() as AddressInfo).port; // It listens on a port.
  agent = new DirectAgent();
  agent.running.add(session);
  clock = new VirtualClock();
  records = [];
  const audit = { record: (entry: AuditEntry) => void records.push(entry) };
  wanted = [];
  const local: LocalPorts = {
    listen(port, onConnection) {
      wanted.push(port);
      return localPorts.listen(port, onConnection);
    },
  };
  ports = new OpenPorts({ local, sandboxes: agent, audit, clock });
});
afterEach(async () => {
  await ports[Symbol.asyncDispose]();
  inner.close();
});

function dial(port: number): Socket {
  return createConnection({ host: '127.0.0.1', port });
}

describe('an open port', () => {
  test('takes the number of the port inside where it is free, else another, and is the same when it is opened again', async () => {
    // The server "inside" has it on this machine.
    const opened = await ports.open({ session, port: innerPort });
    expect(opened.localPort).not.toBe(innerPort);
    expect(opened).toEqual({
      session,
      port: innerPort,
      localPort: opened.localPort,
      url: `http://127.0.0.1:${opened.localPort}/`,
      openedAt: clock.now(),
      connections: 0,
    });
    expect(await ports.open({ session, port: innerPort })).toEqual(opened);
    await expect(ports.open({ session, port: 9, localPort: opened.localPort })).rejects.toMatchObject({
      code: 'port_taken',
    });
    expect(wanted.slice(0, 2)).toEqual([innerPort, undefined]);
  });

  test('carries both directions to the last byte, each with an end of its own', async () => {
    const sent = Buffer.alloc(3 * MEBIBYTE, 'to the server ');
    const answered = Buffer.alloc(5 * MEBIBYTE, 'to the browser ');
    let heard = Buffer.alloc(0);
    serve = (socket) => {
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('end', () => {
        heard = Buffer.concat(chunks);
        socket.end(answered);
      });
    };
    const { localPort } = await ports.open({ session, port: innerPort });
    const browser = dial(localPort);
    browser.end(sent);
    const got: Buffer[] = [];
    browser.on('data', (chunk: Buffer) => got.push(chunk));
    await once(browser, 'close');
    expect(heard.equals(sent)).toBe(true);
    expect(Buffer.concat(got).equals(answered)).toBe(true);
    expect(await ports.close(session, innerPort)).toBe(true);
    expect(records).toEqual([
      {
        type: 'network_request',
        actor: 'kernel',
        session,
        reason: 'an opened port was closed',
        durationMs: 0,
        data: {
          method: 'PORT',
          host: '127.0.0.1',
          port: innerPort,
          localPort,
          connections: 1,
          sentBytes: sent.length,
          receivedBytes: answered.length,
        },
      },
    ]);
  });

  test('is where the server speaks first, and goes when the server goes', async () => {
    serve = (socket) => socket.end('220 ready\r\n');
    const { localPort } = await ports.open({ session, port: innerPort });
    const client = dial(localPort);
    expect(await text(client)).toBe('220 ready\r\n');
  });

  test('ends a connection to a port that nobody listens on', async () => {
    // Nobody has the first of all ports.
    const { localPort } = await ports.open({ session, port: 1 });
    const client = dial(localPort);
    client.on('error', () => undefined).resume();
    await once(client, 'close');
  });

  test('ends with its sandbox, with every connection through it', async () => {
    serve = (socket) => void socket.write('hello');
    const { localPort } = await ports.open({ session, port: innerPort });
    const client = dial(localPort);
    client.on('error', () => undefined);
    await once(client, 'data');
    const closed = once(client, 'close');
    agent.end(session);
    await closed;
    await expect.poll(() => records.length).toBe(1);
    expect(ports.ofSession(session)).toEqual([]);
    const refused = dial(localPort);
    const [failure] = (await once(refused, 'error')) as [NodeJS.ErrnoException]; // What a socket fails with.
    expect(failure.code).toBe('ECONNREFUSED');
    await expect(ports.open({ session, port: innerPort })).rejects.toMatchObject({ code: 'session_not_running' });
  });
});

test('what is told of a session follows what is opened and what listens inside, of which nonsense is left out', async () => {
  agent.listening = [3128, 8080, 'nonsense', -1, 70_000];
  const leaving = new AbortController();
  const watch = ports.watch(session, leaving.signal);
  const next = async (): Promise<SessionPorts | undefined> => (await watch.next()).value ?? undefined;
  expect(await next()).toEqual({ open: [], listening: [8080] });
  const changed = next();
  const opened = await ports.open({ session, port: innerPort });
  expect(await changed).toEqual({ open: [opened], listening: [8080] });
  agent.listening = [];
  const looked = next();
  clock.advance(2_000);
  expect(await looked).toEqual({ open: [opened], listening: [] });
  const last = next();
  leaving.abort();
  expect(await last).toBeUndefined();
});

test('a session has no more than 32 open ports', async () => {
  for (let port = 1; port <= 32; port += 1) await ports.open({ session, port });
  await expect(ports.open({ session, port: 33 })).rejects.toMatchObject({ code: 'limit_reached' });
});
