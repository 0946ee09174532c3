import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { notifySystemd } from './notify-systemd.ts';
import { serviceManager } from './testing/service-manager.ts';

test.skipIf(process.platform !== 'linux')('systemd is told a state through the socket that it names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-notify-'));
  const path = join(folder, 'notify');
  try {
    using systemd = serviceManager(path);
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
