import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import Fastify from 'fastify';
import { createChannelPair } from '../schema/client/channel-pair.ts';
import { createClient } from '../schema/client/client.ts';
import { areas } from '../schema/contract/areas.ts';
import { silentLogger } from '../main/base/logger.ts';
import { composeKernel, type Kernel } from '../main/compose.ts';
import { serveGateway } from '../main/compose/gateway.ts';
import { OPERATOR } from '../main/hosts/socket/kernel-socket.ts';
import { serveChannel } from '../main/kernel/dispatch/serve-channel.ts';
import { openHome } from '../main/platform/home/home.ts';
import { type Metrics, rateMetric } from './metric.ts';

const repository = resolve(import.meta.dirname, '..');
const TURNS = 7;
const TURN_S = 3;
const CONNECTIONS = 20;
/** A key may ask a thousand times a minute: with so many, none is refused. */
const KEYS = 150;
const PATH = '/api/v1/sandboxes?namespace=bench';

/** Runs in a process of its own, so that the load is on another processor than what it measures. */
const LOAD = `
const autocannon = require('autocannon');
const { url, tokens, seconds, connections } = JSON.parse(process.argv[1]);
const requests = tokens.map((token) => ({ method: 'GET', headers: { authorization: 'Bearer ' + token } }));
autocannon({ url, requests, duration: seconds, connections }).then((result) => {
  console.log(JSON.stringify({ rate: result.requests.average, refused: result.non2xx + result.errors }));
});`;

interface Load {
  readonly rate: number;
  readonly refused: number;
}

async function load(url: string, tokens: readonly string[]): Promise<number> {
  const options = JSON.stringify({ url, tokens, seconds: TURN_S, connections: CONNECTIONS });
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', LOAD, options], { cwd: repository });
  // The script above prints this.
  const { rate, refused } = JSON.parse(stdout) as Load;
  if (refused > 0) throw new Error(`${refused} requests to ${url} were not answered with 200`);
  return rate;
}

/** Small calls with a key, judged and recorded, beside a bare fastify route that answers the same body. */
export async function gatewayBench(): Promise<Metrics> {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-bench-gateway-'));
  const kernel = await bareKernel(folder);
  const gateway = await serveGateway(kernel, { version: '0.0.0', logger: silentLogger, port: 0 });
  const bare = Fastify();
  try {
    const tokens = await issueKeys(kernel);
    const url = `${gateway.url}${PATH}`;
    const [token = ''] = tokens;
    const body = await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).json();
    bare.get('/api/v1/sandboxes', async () => body);
    const bareUrl = `${await bare.listen({ host: '127.0.0.1', port: 0 })}${PATH}`;
    const [own, floor]: [number[], number[]] = [[], []];
    for (let turn = 0; turn <= TURNS; turn += 1) {
      const [ours, theirs] = [await load(url, tokens), await load(bareUrl, tokens)];
      // The first turn warms both up.
      if (turn === 0) continue;
      own.push(ours);
      floor.push(theirs);
    }
    return { http_small: rateMetric(own, 'requests/s', floor) };
  } finally {
    await bare.close();
    await gateway[Symbol.asyncDispose]();
    await kernel[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Without an engine: what is measured needs none. */
async function bareKernel(folder: string): Promise<Kernel> {
  const home = openHome(join(folder, 'home'));
  await writeFile(home.settings, JSON.stringify({ engine: 'docker', engineSocket: join(folder, 'none.sock') }));
  const none = join(folder, 'none');
  return composeKernel({
    home,
    files: {
      root: folder,
      agent: none,
      plugins: none,
      renderer: '',
      preload: '',
      profiles: join(repository, 'profiles'),
    },
    version: '0.0.0',
    electron: null,
    logger: silentLogger,
    life: 'command',
  });
}

async function issueKeys({ dispatch }: Kernel): Promise<string[]> {
  const [near, far] = createChannelPair();
  serveChannel({ dispatch, channel: far, caller: OPERATOR });
  const client = createClient(areas, near);
  const tokens: string[] = [];
  for (let issued = 0; issued < KEYS; issued += 1) tokens.push((await client.key.issue({ scope: 'admin' })).token);
  return tokens;
}
