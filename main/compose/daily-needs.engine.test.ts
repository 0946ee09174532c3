import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionId } from '../../schema/entities.ts';
import { openEngine, presentEngines, type TestEngine } from '../platform/container-engine/testing/engines.ts';
import { BatteryKernel } from '../platform/container-engine/testing/escape/battery-kernel.ts';

const SERVER = `node -e 'require("http").createServer((q, a) => a.end("inside " + q.url)).listen(8123, "localhost")' >/dev/null 2>&1 &`;

describe.each(presentEngines())('what people need every day, on %s', (name) => {
  let opened: TestEngine;
  let kernel: BatteryKernel;
  let session: SessionId;
  beforeAll(async () => {
    opened = await openEngine(name);
    kernel = await BatteryKernel.open({ engineSocket: opened.socket });
    session = await kernel.start('workspace');
  });
  afterAll(async () => {
    await kernel[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
  });

  it('opens a port of a server inside, without a network, and closes it with the sandbox', async () => {
    const { client } = kernel;
    await kernel.run(session, SERVER);
    await expect.poll(async () => (await client.port.list({ session })).listening, { timeout: 20_000 }).toEqual([8123]);
    const { url, localPort } = await client.port.open({ session, port: 8123 });
    expect(await (await fetch(`${url}page`)).text()).toBe('inside /page');
    expect((await client.port.list({ session })).open).toMatchObject([{ port: 8123, localPort, connections: 1 }]);
    await client.session.stop({ session });
    await expect(fetch(url)).rejects.toThrow();
    const said = async (): Promise<string[]> => {
      const { records } = await client.audit.log({ filters: { session }, limit: 1_000 });
      const ofPorts = records.filter(({ data }) => data?.['call'] === 'port.open' || data?.['method'] === 'PORT');
      return ofPorts.map(({ type }) => type);
    };
    await expect.poll(said, { timeout: 10_000 }).toEqual(['network_request', 'call_finished', 'call_decided']);
  });
});
