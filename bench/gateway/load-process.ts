import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

/** One of the requests that are sent in turn. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What the process is told, a line each. */
export interface LoadOrder {
  readonly url: string;
  readonly requests: readonly LoadRequest[];
  readonly seconds: number;
  readonly connections: number;
  /** Requests a second of all connections together; as many as are answered if absent. */
  readonly perSecond?: number | undefined;
}

/** What it says when the time is over. */
export interface LoadResult {
  readonly answered: number;
  readonly seconds: number;
  readonly wrong: number;
  readonly statuses: unknown;
}

interface Client {
  setRequests(requests: readonly LoadRequest[]): void;
}

/** What is used of it; it brings no types along. */
type Autocannon = (options: {
  readonly url: string;
  readonly duration: number;
  readonly connections: number;
  readonly overallRate?: number | undefined;
  readonly setupClient: (client: Client) => void;
}) => Promise<{
  readonly requests: { readonly total: number };
  readonly duration: number;
  readonly non2xx: number;
  readonly errors: number;
  readonly statusCodeStats: unknown;
}>;

const autocannon = createRequire(import.meta.url)('autocannon') as Autocannon; // as its manual describes it

/** A program asks more than once with its key. */
const IN_A_ROW = 10;

/** Each connection has requests of its own: to prepare all of them for each would take longer than the load. */
async function load({ url, requests, seconds, connections, perSecond }: LoadOrder): Promise<LoadResult> {
  let opened = 0;
  const result = await autocannon({
    url,
    duration: seconds,
    connections,
    overallRate: perSecond,
    setupClient(client) {
      const own = opened++ % connections;
      const theirs = requests.filter((_, index) => index % connections === own);
      client.setRequests(theirs.flatMap((request) => Array.from({ length: IN_A_ROW }, () => request)));
    },
  });
  const { non2xx, errors, duration, statusCodeStats: statuses } = result;
  return { answered: result.requests.total, seconds: duration, wrong: non2xx + errors, statuses };
}

// Runs in a process of its own, so that the load is on another processor than what it measures; ends with its input.
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as LoadOrder; // what HttpLoad writes
  process.stdout.write(`${JSON.stringify(await load(order))}\n`);
}
