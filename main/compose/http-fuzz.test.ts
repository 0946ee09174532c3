import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createChannelPair } from '../../schema/client/channel-pair.ts';
import { createClient } from '../../schema/client/client.ts';
import { type Areas, areas } from '../../schema/contract/areas.ts';
import type { Client } from '../../schema/contract/contract.ts';
import { HttpFault } from '../../schema/http/http-fault.ts';
import { errorStatusesOf } from '../../schema/http/openapi.ts';
import { outputOf, type Route, routesOf } from '../../schema/http/routes.ts';
import { wireSchema } from '../../schema/http/wire-names.ts';
import { silentLogger } from '../base/logger.ts';
import { composeKernel, type Kernel } from '../compose.ts';
import { OPERATOR } from '../hosts/socket/kernel-socket.ts';
import { type FuzzedRequest, fuzzedRequests } from '../hosts/http/testing/fuzzed-request.ts';
import { serveChannel } from '../kernel/dispatch/serve-channel.ts';
import { openHome } from '../platform/home/home.ts';
import { serveGateway } from './gateway.ts';

const isLong = process.env['CAVERN_LONG'] === '1';
const REQUESTS = isLong ? 20_000 : 400;
/** The long run looks for what nobody has seen; the short one sends the same each time. */
const SEED = isLong ? {} : { seed: 8 };
/** Below what a key may ask in a minute. */
const REQUESTS_A_KEY = 900;
/** Only against hanging. */
const ANSWER_LIMIT_MS = 60_000;

const profiles = resolve(import.meta.dirname, '../../profiles');
const routes = routesOf(areas);
const ajv = new Ajv2020({ strict: false, validateSchema: false, formats: { 'workspace-path': true } });
const validators = new Map<string, ValidateFunction>();
let folder = '';
let kernel: Kernel;
let client: Client<Areas>;
let gateway: Awaited<ReturnType<typeof serveGateway>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-fuzz-'));
  const home = openHome(join(folder, 'home'));
  const none = join(folder, 'none');
  // No engine is there: what comes by chance starts nothing on this machine.
  await writeFile(home.settings, JSON.stringify({ engine: 'docker', engineSocket: join(folder, 'no.sock') }));
  kernel = await composeKernel({
    home,
    files: { root: folder, agent: none, plugins: none, renderer: '', preload: '', profiles },
    version: '0.0.0',
    electron: null,
    logger: silentLogger,
    life: 'command',
  });
  const [near, far] = createChannelPair();
  serveChannel({ dispatch: kernel.dispatch, channel: far, caller: OPERATOR });
  client = createClient(areas, near);
  gateway = await serveGateway(kernel, { version: '0.0.0', logger: silentLogger, port: 0 });
}, 60_000);

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await kernel[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A session that could not be started is one all the same. */
async function knownSession(): Promise<string> {
  const workspace = join(folder, 'project');
  await mkdir(workspace);
  await writeFile(join(workspace, 'a.txt'), 'a\n');
  await client.session.create({ workspace }).catch(() => undefined);
  const { sessions } = await client.session.list({});
  return sessions[0]?.id ?? '';
}

function problemWith(name: string, schema: TSchema, value: unknown): string | undefined {
  const validate = validators.get(name) ?? ajv.compile(schema);
  validators.set(name, validate);
  return validate(value) ? undefined : `${name}: ${ajv.errorsText(validate.errors)}`;
}

/** Why an answer is none that the OpenAPI document has for the route. */
async function problemOf({ route, body, headers, path }: FuzzedRequest, token: string): Promise<string | undefined> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: route.method,
    headers: { ...headers, authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    ...(body === undefined ? {} : { body }),
  });
  const isEvents = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (isEvents) {
    await response.body?.cancel();
    return undefined;
  }
  const text = await response.text();
  const { status } = response;
  if (status === (route.binding.status ?? 200)) {
    return problemWith(route.operation, wireSchema(outputOf(route)), JSON.parse(text));
  }
  if (status === 500 || !documented(route).has(status)) return `${route.operation}: status ${status} ${text}`;
  return problemWith('error', HttpFault, JSON.parse(text));
}

/** A client may send a body where there is to be none. */
function documented(route: Route): ReadonlySet<number> {
  return new Set([...errorStatusesOf(route), 400, 415]);
}

it(
  'whatever is asked of any route, the answer is one that the OpenAPI document has',
  async () => {
    const session = await knownSession();
    const requests = fuzzedRequests(routes, { session: [session], id: ['fs'] });
    let token = '';
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        if (sent % REQUESTS_A_KEY === 0) ({ token } = await client.key.issue({ scope: 'admin' }));
        sent += 1;
        expect(await problemOf(request, token)).toBeUndefined();
      }),
      { ...SEED, numRuns: REQUESTS, endOnFailure: true },
    );
  },
  30 * 60_000,
);
