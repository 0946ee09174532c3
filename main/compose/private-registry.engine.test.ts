import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, presentEngines, type TestEngine } from '../platform/container-engine/testing/engines.ts';
import { BatteryKernel } from '../platform/container-engine/testing/escape/battery-kernel.ts';

const TOKEN = 'a-token-of-no-known-kind';
const INSTALL = 'mkdir -p /tmp/app && cd /tmp/app && npm install --no-audit --no-fund --fetch-retries=0';
const USE = `node -e 'console.log(require("cavern-sample"))'`;

/** A registry with one package, for who has the token. */
class Registry implements AsyncDisposable {
  readonly #server: Server;
  port = 0;
  refused = 0;

  constructor(tarball: Buffer) {
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    this.#server = createServer((request, response) => {
      if (request.headers.authorization !== `Bearer ${TOKEN}`) {
        this.refused += 1;
        response.writeHead(401).end('{}');
      } else if (request.url?.endsWith('.tgz') === true) {
        response.end(tarball);
      } else {
        const [name, version] = ['cavern-sample', '1.0.0'];
        const dist = { tarball: `http://registry.test:${this.port}/${name}-${version}.tgz`, integrity };
        const versions = { [version]: { name, version, dist } };
        response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
      }
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port; // It listens on a port.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

async function packed(folder: string): Promise<Buffer> {
  await mkdir(join(folder, 'package'), { recursive: true });
  await writeFile(join(folder, 'package/package.json'), '{"name":"cavern-sample","version":"1.0.0"}');
  await writeFile(join(folder, 'package/index.js'), 'module.exports = "installed";');
  execFileSync('tar', ['-czf', join(folder, 'sample.tgz'), '-C', folder, 'package']);
  return readFile(join(folder, 'sample.tgz'));
}

describe.each(presentEngines())('dependencies of a private registry, on %s', (name) => {
  let opened: TestEngine;
  let kernel: BatteryKernel;
  let registry: Registry;
  beforeAll(async () => {
    opened = await openEngine(name);
    registry = new Registry(await packed(join(opened.scratchFolder, 'sample')));
    await registry.open();
    const hosts = [`registry.test:${registry.port}`, `127.0.0.1:${registry.port}`];
    const lookup = async (): Promise<readonly string[]> => ['127.0.0.1'];
    kernel = await BatteryKernel.open({ engineSocket: opened.socket, hosts, lookup, limits: { cache: '64MiB' } });
  });
  afterAll(async () => {
    await kernel[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
  });

  it('are installed through the proxy with a token that never enters, and are there for the folder when the registry is gone', async () => {
    const { client, workspace } = kernel;
    const from = `--registry http://registry.test:${registry.port}/ cavern-sample`;
    const first = await kernel.start('agent');
    const asking = `fetch("http://registry.test:${registry.port}/").then((r) => console.log(r.status))`;
    expect((await kernel.run(first, `node -e '${asking}'`)).stdout).toBe('401\n');
    expect(registry.refused).toBeGreaterThan(0);
    await client.secret.add({ name: 'registry', value: TOKEN });
    const origin = `http://registry.test:${registry.port}`;
    await client.secret.hand({ name: 'registry', workspace, as: { kind: 'header', origin } });
    const installed = await kernel.run(
      first,
      `${INSTALL} ${from} 2>&1 && ${USE}; env; cat ~/.npmrc /proc/self/environ`,
      { timeoutMs: 60_000 },
    );
    expect(installed.stdout).toContain('installed');
    expect(installed.stdout).not.toContain(TOKEN);
    const uses = async () =>
      (await client.audit.log({ filters: { session: first }, limit: 1_000 })).records.filter(
        ({ type, data }) => type === 'network_request' && data?.['secret'] === 'registry',
      );
    // Such records are written half a second later at most.
    await expect.poll(async () => (await uses()).length).toBeGreaterThan(0);
    expect(JSON.stringify(await uses())).not.toContain(TOKEN);
    await registry[Symbol.asyncDispose]();
    const second = await kernel.start('workspace');
    expect(
      (await kernel.run(second, `${INSTALL} --offline ${from} 2>&1 && ${USE}`, { timeoutMs: 60_000 })).stdout,
    ).toContain('installed');
    const other = join(kernel.folder, 'other');
    await mkdir(other);
    const { id: stranger } = await client.session.create({ workspace: other, profile: 'workspace' });
    expect(
      (await kernel.run(stranger, 'ls -A /var/cache/cavern; ls -A /var/cache/cavern/npm 2>&1')).stdout,
    ).not.toContain('_cacache');
    for (const session of [first, second, stranger]) await client.session.stop({ session });
    const shown = await client.sandbox.prune({ dryRun: true, caches: true });
    const caches = shown.removed.filter(({ kind }) => kind === 'cache');
    expect(new Set(caches.map(({ about }) => about))).toEqual(new Set([workspace, other]));
    expect(shown.freedBytes).toBeGreaterThan(0);
    await client.sandbox.prune({ caches: true });
    expect((await client.sandbox.prune({ dryRun: true, caches: true })).removed).toEqual([]);
  }, 300_000);

  it('do not fill the disk: a cache that is full ends the sandbox, and begins again', async () => {
    const { client } = kernel;
    const session = await kernel.start('workspace');
    const fill = 'dd if=/dev/zero of=/var/cache/cavern/npm-fill bs=1M count=80 2>/dev/null; sleep 60';
    await kernel.run(session, fill, { timeoutMs: 60_000 }).catch(() => undefined);
    const failure = async () => (await client.session.get({ session })).session.failure;
    await expect.poll(failure, { timeout: 30_000 }).toMatchObject({
      code: 'disk_full',
      message: expect.stringContaining('package cache'),
    });
    await client.session.resume({ session });
    expect((await kernel.run(session, 'ls /var/cache/cavern')).stdout).not.toContain('npm-fill');
  });
});
