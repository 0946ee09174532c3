import { expect, it } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import type { AgentConnection } from './agent-port.ts';
import { IdleWatch } from './idle-watch.ts';
import { deferred } from './testing/deferred.ts';

it('a sandbox is idle from the end of what was under way, or from the last thing that it printed', async () => {
  const clock = new VirtualClock(0);
  const idle = new IdleWatch(clock);
  const gate = deferred<unknown>();
  let print: () => void = () => undefined;
  const connection = idle.noting({
    request: () => gate.promise,
    onEvent: (listener) => {
      print = () => listener('terminal.output', {});
      return () => undefined;
    },
    onClose: () => () => undefined,
  } as Partial<AgentConnection> as AgentConnection); // What it does not use is left out.
  clock.advance(5_000);
  expect(idle.idleMs).toBe(5_000);
  const command = connection.request('process.run', {});
  clock.advance(60_000);
  expect(idle.idleMs).toBe(0);
  gate.resolve({});
  await command;
  clock.advance(7_000);
  expect(idle.idleMs).toBe(7_000);
  print();
  clock.advance(1_000);
  await connection.request('stats', {});
  expect(idle.idleMs).toBe(1_000);
});
