import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createChannelPair } from '../../schema/client/channel-pair.ts';
import { createClient } from '../../schema/client/client.ts';
import { type Areas, areas } from '../../schema/contract/areas.ts';
import type { Client } from '../../schema/contract/contract.ts';
import { silentLogger } from '../../main/base/logger.ts';
import { composeKernel } from '../../main/compose.ts';
import { serveGateway } from '../../main/compose/gateway.ts';
import { mcpMount } from '../../main/compose/mcp.ts';
import { OPERATOR } from '../../main/hosts/socket/kernel-socket.ts';
import { serveChannel } from '../../main/kernel/dispatch/serve-channel.ts';
import { openHome } from '../../main/platform/home/home.ts';
import { programFiles } from '../../main/program-files.ts';
import { HttpLoad } from './http-load.ts';

const repository = resolve(import.meta.dirname, '../..');
/** A key may ask a thousand times a minute: with so many, none is refused at 13,000 calls a second without a break. */
const KEYS = 800;

/** A kernel of its own home with its gateway, in this process. */
export interface BenchKernel extends AsyncDisposable {
  readonly url: string;
  /** Of keys that open everything. */
  readonly tokens: readonly string[];
  /** The operator. */
  readonly client: Client<Areas>;
  /** From outside of this process. */
  readonly load: HttpLoad;
}

export async function openBenchKernel(engine: 'docker' | 'podman'): Promise<BenchKernel> {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-bench-gateway-'));
  const home = openHome(join(folder, 'home'));
  await writeFile(home.settings, JSON.stringify({ engine, sandboxPoolMiB: 0 }));
  const options = { version: '0.0.0', logger: silentLogger };
  const kernel = await composeKernel({
    home,
    files: { ...programFiles(join(repository, 'out')), profiles: join(repository, 'profiles') },
    electron: null,
    life: 'command',
    ...options,
  });
  const gateway = await serveGateway(kernel, { ...options, port: 0, mount: mcpMount(kernel, options) });
  const [near, far] = createChannelPair();
  serveChannel({ dispatch: kernel.dispatch, channel: far, caller: OPERATOR });
  const client = createClient(areas, near);
  const tokens: string[] = [];
  for (let issued = 0; issued < KEYS; issued += 1) tokens.push((await client.key.issue({ scope: 'admin' })).token);
  const load = new HttpLoad();
  return {
    url: gateway.url,
    tokens,
    client,
    load,
    async [Symbol.asyncDispose]() {
      await load[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
      await kernel[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
