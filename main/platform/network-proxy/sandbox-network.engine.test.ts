import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { Sandboxes } from '../../kernel/sandboxes/sandboxes.ts';
import { openEngine, presentEngines, type TestEngine } from '../container-engine/testing/engines.ts';
import { SandboxMachine, shell } from '../container-engine/testing/sandbox-machine.ts';

const session = 'net' as SessionId; // Test data.

describe.each(presentEngines())('a sandbox with a network, on %s', (name) => {
  let opened: TestEngine;
  let machine: SandboxMachine;
  let sandboxes: Sandboxes;
  let port = 0;
  const origin = createServer((request, response) => response.end(`${request.method} ${request.url}`));
  const records: AuditEntry[] = [];

  beforeAll(async () => {
    opened = await openEngine(name);
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
    port = (origin.address() as AddressInfo).port; // It listens on a port.
    machine = await SandboxMachine.open({
      connect: async () => opened.engine,
      network: {
        hosts: [`origin.test:${port}`, `127.0.0.1:${port}`],
        lookup: async () => ['127.0.0.1'],
        record: (entry) => void records.push(entry),
      },
    });
    sandboxes = machine.sandboxes();
    const workspace = join(machine.folder, 'workspace');
    await mkdir(workspace);
    await sandboxes.start({ session, workspace, profile: 'integration-test', signal: AbortSignal.timeout(60_000) });
  });
  afterAll(async () => {
    await sandboxes[Symbol.asyncDispose]();
    await machine[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
    origin.close();
  });

  it('reaches an allowed host through its environment alone, and every request is recorded', async () => {
    const fetching = `node -e 'fetch("http://origin.test:${port}/a").then((r) => r.text()).then(console.log)' 2>&1`;
    expect((await shell(sandboxes, session, fetching)).stdout).toBe('GET /a\n');
    await expect.poll(() => records.map(({ decision }) => decision)).toEqual(['allow', undefined]);
    expect(records[0]).toMatchObject({ type: 'network_request', session, data: { host: 'origin.test', port } });
  });

  it('reaches nothing past the proxy: it has no other interface', async () => {
    const direct = `node -e 'require("net").connect(${port}, "127.0.0.1").on("error", (e) => console.log(e.code)).on("connect", () => console.log("connected"))'; ls /sys/class/net`;
    expect((await shell(sandboxes, session, direct)).stdout).toBe('ECONNREFUSED\nlo\n');
  });

  it('goes on with its network when the kernel is started again', async () => {
    await sandboxes[Symbol.asyncDispose]();
    sandboxes = machine.sandboxes();
    expect([...(await sandboxes.recover([session]))]).toEqual([session]);
    const fetching = `node -e 'fetch("http://origin.test:${port}/b").then((r) => r.text()).then(console.log)' 2>&1`;
    expect((await shell(sandboxes, session, fetching)).stdout).toBe('GET /b\n');
  });
});
