import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../../schema/frame.ts';
import { encodeFrame } from '../../../schema/frame-codec.ts';
import { connectFramed, listenFramed } from './framed-socket.ts';
import type { Peer } from './peer-credentials.ts';
import type { SocketChannel } from './socket-channel.ts';

const request = (id: string, params?: unknown): Frame => ({ id, type: 'request', method: 'x', params });

let folder = '';
const open: AsyncDisposable[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cavern-socket-'));
});
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function listen(on: string, onChannel: (channel: SocketChannel, peer: Peer) => void, violations: string[] = []) {
  const listener = await listenFramed(on, 'kernel.sock', {
    mode: 0o600,
    onChannel,
    onViolation: (violation, peer) => violations.push(`${violation.code} ${peer.pid === process.pid}`),
  });
  open.push(listener);
  return listener;
}

const next = (channel: SocketChannel): Promise<Frame> => new Promise((resolve) => channel.onFrame(resolve));
const ended = (channel: SocketChannel): Promise<Error | undefined> =>
  new Promise((resolve) => channel.onClose(resolve));

describe('framed socket', () => {
  it('moves frames both ways under a path far longer than a socket address holds', async () => {
    const deep = path.join(folder, 'a'.repeat(120), 'é'.repeat(60));
    await mkdir(deep, { recursive: true });
    const listener = await listen(deep, (channel) =>
      channel.onFrame((frame) => void channel.send({ ...frame, type: 'response' })),
    );
    const channel = await connectFramed(path.join(deep, 'kernel.sock'));
    void channel.send(request('1', 'x'.repeat(300_000)));
    expect(await next(channel)).toEqual({ ...request('1', 'x'.repeat(300_000)), type: 'response' });
    expect((await stat(path.join(deep, 'kernel.sock'))).mode & 0o777).toBe(0o600);
    channel.close();
    await listener[Symbol.asyncDispose]();
    expect(await readdir(deep)).toEqual([]);
  });

  it('names the process, user and group that connect', async () => {
    const peers: Peer[] = [];
    const listener = await listen(folder, (_channel, peer) => peers.push(peer));
    (await connectFramed(listener.path)).close();
    const code = `require('net').connect(${JSON.stringify(listener.path)}).on('connect', () => process.exit())`;
    const child = spawn(process.execPath, ['-e', code]);
    await new Promise((resolve) => child.on('exit', resolve));
    await expect.poll(() => peers).toHaveLength(2);
    expect(peers).toEqual(
      [process.pid, child.pid].map((pid) => ({ pid, uid: process.getuid?.(), gid: process.getgid?.() })),
    );
  });

  it('ends a connection that sends anything but frames, tells who it was, and keeps the others', async () => {
    const violations: string[] = [];
    const listener = await listen(
      folder,
      (channel) => channel.onFrame((frame) => void channel.send(frame)),
      violations,
    );
    const good = await connectFramed(listener.path);
    const bad = createConnection(listener.path);
    bad.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => bad.on('close', resolve));
    void good.send(request('2'));
    expect([violations, await next(good)]).toEqual([['too_long true'], request('2')]);
    good.close();
  });

  it('reports a connection that ends inside a frame', async () => {
    const violations: string[] = [];
    const listener = await listen(folder, (channel) => channel.onFrame(() => undefined), violations);
    const socket = createConnection(listener.path);
    socket.end(encodeFrame(request('1')).subarray(0, 10));
    await expect.poll(() => violations).toEqual(['truncated true']);
  });

  it('delivers the frames that came before the damage', async () => {
    const seen: Frame[] = [];
    const listener = await listen(folder, (channel) => channel.onFrame((frame) => seen.push(frame)));
    const socket = createConnection(listener.path);
    socket.on('error', () => undefined);
    socket.write(Buffer.concat([encodeFrame(request('1')), Buffer.alloc(4)]));
    await expect.poll(() => seen).toEqual([request('1')]);
  });

  it('makes the sender wait while the other side does not read, and sends all of it in the end', async () => {
    let server: SocketChannel | undefined;
    const listener = await listen(folder, (channel) => (server = channel));
    const channel = await connectFramed(listener.path);
    let waited = 0;
    for (let i = 0; i < 40; i += 1) {
      const sent = channel.send(request(String(i), 'x'.repeat(100_000)));
      if (sent !== undefined) waited += 1;
    }
    await expect.poll(() => server).toBeDefined();
    let received = 0;
    server?.onFrame(() => (received += 1));
    await channel.send(request('last', 'x'.repeat(100_000)));
    await expect.poll(() => received).toBe(41);
    expect(waited).toBeGreaterThan(30);
    channel.close();
  });

  it('lets go what was sent before close', async () => {
    const seen: string[] = [];
    const listener = await listen(folder, (channel) => channel.onFrame((frame) => seen.push(frame.id)));
    const channel = await connectFramed(listener.path);
    for (let i = 0; i < 100; i += 1) void channel.send(request(String(i), 'x'.repeat(10_000)));
    channel.close();
    expect(await ended(channel)).toBeUndefined();
    await expect.poll(() => seen).toHaveLength(100);
  });

  it('takes over the socket of a dead process, never the place of a file', async () => {
    const first = await listen(folder, () => undefined);
    // A second listener on the same name stands for the next process after a kill -9.
    await listen(folder, (channel) => void channel.send(request('new')));
    expect((await next(await connectFramed(first.path))).id).toBe('new');
    await writeFile(path.join(folder, 'file'), '');
    await expect(listenFramed(folder, 'file', { mode: 0o600, onChannel: () => undefined })).rejects.toThrow(
      'not a socket',
    );
  });

  it('refuses more connections than its limit', async () => {
    let accepted = 0;
    const listener = await listenFramed(folder, 'few.sock', {
      mode: 0o600,
      channelLimit: 2,
      onChannel: () => (accepted += 1),
    });
    open.push(listener);
    const channels = await Promise.all([1, 2, 3].map(() => connectFramed(listener.path)));
    const refused = await Promise.race(
      channels.map(async (channel) => (channel.onFrame(() => undefined), await ended(channel), true)),
    );
    expect([accepted, refused]).toEqual([2, true]);
    for (const channel of channels) channel.close();
  });
});
