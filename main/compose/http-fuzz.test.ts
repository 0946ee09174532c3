import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { areas } from '../../schema/contract/areas.ts';
import { HttpFault, RateLimitExceeded } from '../../schema/http/http-fault.ts';
import { errorStatusesOf } from '../../schema/http/openapi.ts';
import { outputOf, type Route, routesOf } from '../../schema/http/routes.ts';
import { wireSchema } from '../../schema/http/wire-names.ts';
import { silentLogger } from '../base/logger.ts';
import { composeKernel, type Kernel } from '../compose.ts';
import { type FuzzedBearer, type FuzzedRequest, fuzzedRequests } from '../hosts/http/testing/fuzzed-request.ts';
import { KeepAliveClient, type ReceivedAnswer } from '../hosts/http/testing/keep-alive-client.ts';
import { OPERATOR } from '../hosts/socket/kernel-socket.ts';
import { openHome } from '../platform/home/home.ts';
import { serveGateway } from './gateway.ts';
import { FUZZ_NAMESPACE, type PlantedSessions, plantSessions } from './testing/fuzz-home.ts';

const isLong = process.env['CAVERN_LONG'] === '1';
const REQUESTS = isLong ? 200_000 : 20_000;
/** The long run looks for what nobody has seen; the short one sends the same each time. */
const SEED = isLong ? Date.now() % 0x7fff_ffff : 8;
const CONNECTIONS = 48;
/** Most answers are refusals, and where each was thrown is a third of their cost. */
const STACK_LIMIT = 0;
/** Only against hanging. */
const ANSWER_LIMIT_MS = 60_000;
const SHRINK_LIMIT_MS = 20_000;
const BOXES = 40;
/** A few more than a key may ask in a minute, so that its limit is met, but for the key that has to get through. */
const REQUESTS_A_KEY: Readonly<Record<string, number>> = { admin: 900, namespace: 105, session: 55, model: 205 };

const profiles = resolve(import.meta.dirname, '../../profiles');
const routes = routesOf(areas);
const ajv = new Ajv2020({ strict: false, validateSchema: false, formats: { 'workspace-path': true } });
const validators = new Map<string, ValidateFunction>();
let folder = '';
let kernel: Kernel;
let planted: PlantedSessions;
let gateway: Awaited<ReturnType<typeof serveGateway>>;

const { stackTraceLimit } = Error;
beforeAll(async () => {
  Error.stackTraceLimit = STACK_LIMIT;
  folder = await mkdtemp(join(tmpdir(), 'cavern-fuzz-'));
  const home = openHome(join(folder, 'home'));
  const none = join(folder, 'none');
  planted = await plantSessions(home, BOXES);
  kernel = await composeKernel({
    home,
    files: { root: folder, agent: none, plugins: none, renderer: '', preload: '', profiles },
    version: '0.0.0',
    electron: null,
    logger: silentLogger,
    life: 'command',
  });
  gateway = await serveGateway(kernel, { version: '0.0.0', logger: silentLogger, port: 0 });
}, 60_000);

afterAll(async () => {
  Error.stackTraceLimit = stackTraceLimit;
  await gateway[Symbol.asyncDispose]();
  await kernel[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function issue(scope: string): Promise<{ readonly id: string; readonly token: string }> {
  const issued = await kernel.dispatch.call({
    method: 'key.issue',
    input: { scope },
    caller: OPERATOR,
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    review: 'refuse',
  });
  // Dispatch has validated the answer against the contract.
  return issued as { readonly id: string; readonly token: string };
}

/** Keys of every kind, each replaced by another when it has made its requests. */
class FuzzKeys {
  readonly #held = new Map<FuzzedBearer, { token: Promise<string>; left: number }>();

  tokenFor(bearer: FuzzedBearer): Promise<string | undefined> {
    if (bearer === 'none') return Promise.resolve(undefined);
    if (bearer === 'stranger') return Promise.resolve(`cav_nobodys2_${'x'.repeat(48)}`);
    const held = this.#held.get(bearer);
    if (held !== undefined && held.left > 0) {
      held.left -= 1;
      return held.token;
    }
    const token = issue(scopeOf(bearer)).then((issued) => issued.token);
    this.#held.set(bearer, { token, left: (REQUESTS_A_KEY[bearer] ?? 1) - 1 });
    return token;
  }
}

function scopeOf(bearer: FuzzedBearer): string {
  if (bearer === 'namespace') return `namespace:${FUZZ_NAMESPACE}`;
  if (bearer === 'session') return `session:${planted.boxes[0] ?? ''}`;
  return bearer === 'model' ? 'model:small' : 'admin';
}

it('each kind of key is told to wait when it has made the requests of its minute, and how long', async () => {
  using client = new KeepAliveClient({
    port: Number(new URL(gateway.url ?? '').port),
    connections: 8,
    answerLimitMs: ANSWER_LIMIT_MS,
  });
  for (const [kind, limit] of Object.entries({ admin: 1000, namespace: 100, session: 50, model: 200 })) {
    const { token } = await issue(scopeOf(kind as FuzzedBearer)); // the kinds of keys are among the bearers
    const headers = { authorization: `Bearer ${token}` };
    const ask = () => client.ask({ method: 'GET', path: '/api/v1/keys/limits', headers });
    let answers: readonly ReceivedAnswer[] = [];
    // In turns of the whole limit: a machine that is slow needs a second one to get there within a minute.
    for (let turn = 0; turn < 5 && answers.every(({ status }) => status !== 429); turn += 1) {
      answers = await Promise.all(Array.from({ length: limit + 1 }, ask));
    }
    const refused = answers.find(({ status }) => status === 429);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(JSON.parse(refused?.text ?? '')).toEqual({
      error: 'rate_limit_exceeded',
      category: kind,
      limit,
      window_seconds: 60,
      retry_after_seconds: Number(refused?.headers['retry-after']),
    });
  }
}, 300_000);

function problemWith(name: string, schema: () => TSchema, value: unknown): string | undefined {
  const validate = validators.get(name) ?? ajv.compile(schema());
  validators.set(name, validate);
  return validate(value) ? undefined : `${name}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`;
}

/** Why an answer is none that the OpenAPI document has for the route. */
function problemOf(route: Route, { status, headers, text }: ReceivedAnswer): string | undefined {
  const type = headers['content-type'] ?? 'none';
  if (type.startsWith('text/event-stream')) return route.member.kind === 'stream' ? undefined : 'events of a call';
  if (type !== 'application/json; charset=utf-8') return `status ${status} of the type ${type}`;
  const value: unknown = JSON.parse(text);
  if (status === (route.binding.status ?? 200)) {
    return problemWith(route.operation, () => wireSchema(outputOf(route)), value);
  }
  // A client may send a body where there is to be none.
  const documented = new Set([...errorStatusesOf(route), 400, 415]);
  if (status === 500 || !documented.has(status)) return `status ${status} ${text}`;
  const isLimited = status === 429 && text.includes('retry_after_seconds');
  return isLimited
    ? problemWith('limited', () => RateLimitExceeded, value)
    : problemWith('error', () => HttpFault, value);
}

it(
  `whatever is asked of any route, the answer is one that the OpenAPI document has (${REQUESTS} requests)`,
  async () => {
    // Those that may go away, and those that requests are about; a key of its own that may be rotated and revoked.
    const [doomed, lasting] = [planted.boxes.slice(BOXES / 2), planted.boxes.slice(0, BOXES / 2)];
    const keyIds = await Promise.all(Array.from({ length: 20 }, async () => (await issue('namespace:spare')).id));
    const known = (operation: string, member: string): readonly string[] => {
      if (member === 'session') return operation === 'box.remove' ? doomed : [...lasting, planted.own];
      if (member === 'namespace') return [FUZZ_NAMESPACE];
      return member === 'id' ? (operation.startsWith('key.') ? keyIds : ['fs']) : [];
    };
    const keys = new FuzzKeys();
    using client = new KeepAliveClient({
      port: Number(new URL(gateway.url ?? '').port),
      connections: CONNECTIONS,
      answerLimitMs: ANSWER_LIMIT_MS,
    });
    const ask = async ({ route, bearer, path, headers, body }: FuzzedRequest): Promise<string | undefined> => {
      const token = await keys.tokenFor(bearer);
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      try {
        const answer = await client.ask({
          method: route.method,
          path,
          body,
          headers: { ...headers, ...authorization },
        });
        return problemOf(route, answer);
      } catch (thrown) {
        return `no answer: ${String(thrown)}`;
      }
    };
    const property = fc.asyncProperty(fuzzedRequests(routes, known), async (request) => {
      expect(await ask(request)).toBeUndefined();
    });
    const requests = fc.sample(property, { seed: SEED, numRuns: REQUESTS });
    const failed: { readonly index: number; readonly request: FuzzedRequest; readonly problem: string }[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let index = next++; index < requests.length; index = next++) {
        const [request] = requests[index] ?? [];
        const problem = request === undefined ? undefined : await ask(request);
        if (request !== undefined && problem !== undefined) failed.push({ index, request, problem });
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
    const [first] = failed;
    if (first === undefined) return;
    const told = failed.slice(0, 5).map(({ index, request: { route, ...sent }, problem }) => {
      return `${index} ${route.operation} ${route.method} ${JSON.stringify(sent)}: ${problem}`;
    });
    // The same request alone, and the smallest like it that fails as well, where it does not need the others before it.
    const { counterexample } = await fc.check(property, {
      seed: SEED,
      path: String(first.index),
      numRuns: 1,
      interruptAfterTimeLimit: SHRINK_LIMIT_MS,
    });
    const smallest = counterexample?.map(({ route: _route, ...sent }) => JSON.stringify(sent));
    expect.fail(
      `${failed.length} of ${requests.length}, seed ${SEED}:\n${told.join('\n')}\nsmallest: ${String(smallest)}`,
    );
  },
  30 * 60_000,
);
