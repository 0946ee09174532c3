import { describe, expect, test } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { Gateway } from './gateway.ts';
import type { KeptChoice, ServedPlace } from './ports.ts';
import { Traffic } from './traffic.ts';

const FREE_PORT = 40_000;

/** A machine on which some ports are taken, and what was done on it. */
function machine(taken: readonly number[] = [], kept?: KeptChoice) {
  const acts: string[] = [];
  let choice = kept;
  const wanted: { place: ServedPlace } = { place: {} };
  const clock = new VirtualClock(1000);
  const gateway = new Gateway({
    choice: {
      get: () => choice,
      async put(next) {
        choice = next;
      },
    },
    async place(ordered) {
      return { ...wanted.place, ...ordered };
    },
    async listen(port, _traffic, { address = '127.0.0.1' }) {
      if (address === '192.0.2.1') throw new Fault('port_taken', 'Cannot serve: it is no address of this machine');
      if (taken.includes(port)) throw new Fault('port_taken', `Cannot serve on port ${port}`, { fix: 'Another.' });
      const url = `http://${address}:${port === 0 ? FREE_PORT : port}`;
      acts.push(`open ${url}`);
      return { url, [Symbol.asyncDispose]: async () => void acts.push(`close ${url}`) };
    },
    traffic: new Traffic({ clock, limits: () => [] }),
    program: { command: 'cavern', args: [], home: null },
    clock,
    logger: silentLogger,
  });
  return { gateway, acts, wanted, choice: () => choice };
}

describe('the gateway', () => {
  test('is off until somebody turns it on, and what was turned on is kept', async () => {
    const { gateway, acts, choice } = machine();
    await gateway.begin();
    expect([gateway.status.state, acts]).toEqual(['off', []]);
    expect(await gateway.enable(0)).toMatchObject({ state: 'on', url: 'http://127.0.0.1:40000', openedBy: 'operator' });
    expect(choice()).toEqual({ enabled: true, port: 0, lastPort: FREE_PORT });
    expect(await gateway.disable()).toMatchObject({ state: 'off', url: null, openedBy: null });
    expect(choice()).toEqual({ enabled: false, port: 0, lastPort: FREE_PORT });
    expect(acts).toEqual(['open http://127.0.0.1:40000', 'close http://127.0.0.1:40000']);
  });

  test('comes again with the next start, where programs were told that it is', async () => {
    const { gateway } = machine([], { enabled: true, port: 0, lastPort: 41_000 });
    await gateway.begin();
    expect(gateway.status).toMatchObject({ state: 'on', url: 'http://127.0.0.1:41000', port: 0 });
  });

  test('takes another port where any will do and the one of the last time is taken', async () => {
    const { gateway } = machine([41_000], { enabled: true, port: 0, lastPort: 41_000 });
    await gateway.begin();
    expect(gateway.status.url).toBe('http://127.0.0.1:40000');
  });

  test('says why it is not there after a start, until it is turned on or off', async () => {
    const { gateway } = machine([7433], { enabled: true, port: 7433 });
    await gateway.begin();
    expect(gateway.status).toMatchObject({
      state: 'failed',
      failure: { code: 'port_taken', message: 'Cannot serve on port 7433', fix: 'Another.' },
    });
    expect(await gateway.enable(7434)).toMatchObject({ state: 'on' });
    expect(gateway.status.failure).toBeUndefined();
  });

  test('goes on where it is when the other port is taken', async () => {
    const { gateway, acts, choice } = machine([7433]);
    await gateway.enable(7000);
    await expect(gateway.enable(7433)).rejects.toMatchObject({ code: 'port_taken' });
    expect([gateway.status.url, choice()?.port, acts]).toEqual([
      'http://127.0.0.1:7000',
      7000,
      ['open http://127.0.0.1:7000'],
    ]);
  });

  test('is on the new port before the old one goes', async () => {
    const { gateway, acts } = machine();
    await gateway.enable(7000);
    await gateway.enable(7001);
    expect(acts.slice(1)).toEqual(['open http://127.0.0.1:7001', 'close http://127.0.0.1:7000']);
  });

  test('that the command line opened is not kept', async () => {
    const { gateway, choice } = machine();
    expect(await gateway.serve(0)).toMatchObject({ state: 'on', openedBy: 'command line' });
    expect(choice()).toBeUndefined();
  });

  test('goes to the place that the operator wants by now, on its port, unless the command line ordered one', async () => {
    const { gateway, acts, wanted } = machine();
    await gateway.move();
    expect(gateway.status.state).toBe('off');
    await gateway.enable(0);
    wanted.place = { address: '127.0.0.2' };
    await gateway.move();
    expect(gateway.status).toMatchObject({ state: 'on', url: 'http://127.0.0.2:40000', port: 0, openedBy: 'operator' });
    expect(acts).toEqual([
      'open http://127.0.0.1:40000',
      'close http://127.0.0.1:40000',
      'open http://127.0.0.2:40000',
    ]);
    const ordered = machine();
    ordered.wanted.place = { address: '127.0.0.2' };
    await ordered.gateway.serve(7433, { address: '127.0.0.3' });
    await ordered.gateway.move();
    expect(ordered.gateway.status.url).toBe('http://127.0.0.3:7433');
  });

  test('says why it is gone where it cannot be at the place that the operator wants', async () => {
    const { gateway, wanted } = machine();
    await gateway.enable(7000);
    wanted.place = { address: '192.0.2.1' };
    await gateway.move();
    expect(gateway.status).toMatchObject({ state: 'failed', url: null, failure: { code: 'port_taken' } });
    wanted.place = {};
    expect(await gateway.enable(7000)).toMatchObject({ state: 'on' });
  });

  test('tells whoever follows it of each change, and ends with the kernel', async () => {
    const { gateway, acts } = machine();
    const leaving = new AbortController();
    const states: string[] = [];
    const following = (async () => {
      for await (const { state } of gateway.watch(leaving.signal)) states.push(state);
    })();
    await gateway.enable(0);
    await gateway.disable();
    await gateway.enable(0);
    await gateway[Symbol.asyncDispose]();
    leaving.abort();
    await following;
    expect(states.at(0)).toBe('off');
    expect(states.filter((state) => state === 'on').length).toBeGreaterThan(0);
    expect(acts.at(-1)).toBe('close http://127.0.0.1:40000');
    await expect(gateway.enable(0)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
