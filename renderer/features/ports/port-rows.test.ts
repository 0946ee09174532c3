import { expect, test } from 'vitest';
import type { OpenPort } from '../../../schema/contract/port.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { portRows, typedPort } from './port-rows.ts';

const session = 'work' as SessionId; // A brand has no other maker in tests.

test('a port is one row, whether it is open, listened on, or both', () => {
  const opened = (port: number): OpenPort => ({
    session,
    port,
    localPort: port,
    url: `http://127.0.0.1:${port}/`,
    openedAt: 1,
    connections: 0,
  });
  expect(portRows({ open: [opened(5173), opened(3000)], listening: [3000, 8080] })).toEqual([
    { port: 3000, open: opened(3000), listening: true },
    { port: 5173, open: opened(5173), listening: false },
    { port: 8080, open: undefined, listening: true },
  ]);
});

test('what is typed is a port from 1 to 65535, or none', () => {
  expect([' 3000 ', '65535', '0', '65536', '', '3e3', '-1'].map(typedPort)).toEqual([
    3000,
    65_535,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
