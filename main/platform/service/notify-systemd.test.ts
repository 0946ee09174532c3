import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { expect, test } from 'vitest';
import { notifySystemd } from './notify-systemd.ts';

/** A service manager: a datagram socket that is bound to a path, and what comes to it. */
function manager(path: string) {
  const libc = koffi.load('libc.so.6');
  const socket = libc.func('int socket(int, int, int)') as (...args: number[]) => number; // as in C
  const bind = libc.func('int bind(int, const void *, uint32_t)') as (fd: number, to: Buffer, size: number) => number; // as in C
  const recv = libc.func('long recv(int, _Out_ void *, size_t, int)') as (
    ...args: [number, Buffer, number, number]
  ) => number; // as in C
  const close = libc.func('int close(int)') as (fd: number) => number; // as in C
  const fd = socket(1, 2, 0);
  const address = Buffer.concat([Buffer.from([1, 0]), Buffer.from(path), Buffer.alloc(1)]);
  expect(bind(fd, address, address.length)).toBe(0);
  return {
    /** What was sent waits in the socket: nothing is waited for here. */
    received(): string {
      const data = Buffer.alloc(1000);
      const size = recv(fd, data, data.length, 0x40);
      return data.toString('utf8', 0, Math.max(0, size));
    },
    [Symbol.dispose]: () => void close(fd),
  };
}

test.skipIf(process.platform !== 'linux')('systemd is told a state through the socket that it names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-notify-'));
  const path = join(folder, 'notify');
  try {
    using systemd = manager(path);
    expect(notifySystemd('READY=1\nSTATUS=serving', { NOTIFY_SOCKET: path })).toBe(true);
    expect(systemd.received()).toBe('READY=1\nSTATUS=serving');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('where systemd did not ask, or is gone, nothing is told and nothing fails', () => {
  expect(notifySystemd('READY=1', {})).toBe(false);
  expect(notifySystemd('READY=1', { NOTIFY_SOCKET: '/nonexistent/notify' })).toBe(false);
  expect(notifySystemd('READY=1', { NOTIFY_SOCKET: `/${'x'.repeat(200)}` })).toBe(false);
});
