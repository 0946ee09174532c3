import { mkdirSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { SessionId } from '../schema/entities.ts';
import { newId } from '../main/base/id.ts';
import type { EngineName } from '../main/platform/container-engine/testing/engines.ts';
import { SandboxMachine, shell } from '../main/platform/container-engine/testing/sandbox-machine.ts';
import { benchEngine } from './bench-engine.ts';
import { type Metrics, rateMetric, timeMetric } from './metric.ts';

const MIB = 1024 ** 2;
const DOWNLOAD_BYTES = 256 * MIB;
const TURNS = 7;
const ROUND_TRIPS = 200;

/**
 * Runs on the host and inside of a sandbox: reads a stream to its end and prints MiB a second, then asks for a byte and waits for it,
 * again and again, and prints the milliseconds of each. With a proxy it asks that for a tunnel first.
 */
const READER = `
const { connect } = require('node:net');
const [port, proxy, bytes, trips] = process.argv.slice(1).map(Number);
const open = () => new Promise((resolve, reject) => {
  const socket = connect(proxy || port, '127.0.0.1', () => {
    if (!proxy) return resolve(socket);
    socket.write('CONNECT origin.test:' + port + ' HTTP/1.1\\r\\nHost: origin.test:' + port + '\\r\\n\\r\\n');
    socket.once('data', () => resolve(socket));
  }).on('error', reject).setNoDelay(true);
});
(async () => {
  const stream = await open();
  let read = 0;
  const started = performance.now();
  stream.write('s');
  await new Promise((resolve) => stream.on('data', (chunk) => { if ((read += chunk.length) >= bytes) resolve(); }));
  const rate = bytes / 1048576 / ((performance.now() - started) / 1000);
  stream.destroy();
  const echo = await open();
  const times = [];
  for (let trip = 0; trip < trips; trip++) {
    const at = performance.now();
    echo.write('e');
    await new Promise((resolve) => echo.once('data', resolve));
    times.push(performance.now() - at);
  }
  echo.destroy();
  console.log(JSON.stringify({ rate, times }));
})();`;

interface Reading {
  readonly rate: number;
  readonly times: readonly number[];
}

/** What goes through a sandbox's proxy, from inside to a server on the host, beside what the host itself reads of that server. */
export async function networkBench({ engine }: { readonly engine: EngineName }): Promise<Metrics> {
  await using opened = await benchEngine(engine);
  const origin = await startOrigin();
  const { port } = origin.address() as AddressInfo; // It listens on a port.
  try {
    await using machine = await SandboxMachine.open({
      connect: async () => opened.engine,
      network: { hosts: [`origin.test:${port}`, `127.0.0.1:${port}`], lookup: async () => ['127.0.0.1'] },
    });
    const workspace = join(machine.folder, 'workspace');
    mkdirSync(workspace);
    await using sandboxes = machine.sandboxes();
    const session = newId<SessionId>();
    await sandboxes.start({ session, workspace, profile: 'agent', signal: AbortSignal.timeout(60_000) });
    const command = (proxy: number): string =>
      `node -e ${quoted(READER)} -- ${port} ${proxy} ${DOWNLOAD_BYTES} ${ROUND_TRIPS}`;
    const inside = async (): Promise<Reading> => readingOf((await shell(sandboxes, session, command(3128))).stdout);
    const ours: Reading[] = [];
    const floor: Reading[] = [];
    for (let turn = -1; turn < TURNS; turn++) {
      const [through, direct] = [await inside(), await onHost(command(0))];
      if (turn < 0) continue;
      ours.push(through);
      floor.push(direct);
    }
    return {
      'network.throughput': rateMetric(
        ours.map(({ rate }) => rate),
        'MiB/s',
        floor.map(({ rate }) => rate),
      ),
      'network.roundTrip': timeMetric(
        ours.flatMap(({ times }) => times),
        'ms',
        floor.flatMap(({ times }) => times),
      ),
    };
  } finally {
    origin.close();
  }
}

/** Answers `s` with a stream of zeros, and every `e` with a byte. */
async function startOrigin(): Promise<Server> {
  const chunk = Buffer.alloc(256 * 1024);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (asked) => (asked[0] === 0x73 ? pour(socket, chunk) : socket.write('e')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function pour(socket: Socket, chunk: Buffer): void {
  while (!socket.destroyed && socket.write(chunk));
  if (!socket.destroyed) socket.once('drain', () => pour(socket, chunk));
}

async function onHost(command: string): Promise<Reading> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', command], (error, stdout) => (error ? reject(error) : resolve(readingOf(stdout))));
  });
}

function readingOf(text: string): Reading {
  return JSON.parse(text);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
