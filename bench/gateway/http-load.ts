import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const repository = resolve(import.meta.dirname, '../..');
const CONNECTIONS = 20;

/** Runs in a process of its own, so that the load is on another processor than what it measures. */
const LOAD = `
const autocannon = require('autocannon');
const { url, requests, seconds, connections } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
autocannon({ url, requests, duration: seconds, connections }).then((result) => {
  const { non2xx, errors, timeouts, statusCodeStats } = result;
  console.log(JSON.stringify({ rate: result.requests.average, wrong: non2xx + errors, said: { errors, timeouts, statusCodeStats } }));
});`;

/** One of the requests that are sent in turn. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Requests a second over kept connections. @throws Error where one was not answered with 2xx */
export async function httpLoad(url: string, requests: readonly LoadRequest[], seconds: number): Promise<number> {
  const running = promisify(execFile)(process.execPath, ['-e', LOAD], { cwd: repository });
  running.child.stdin?.end(JSON.stringify({ url, requests, seconds, connections: CONNECTIONS }));
  const { stdout } = await running;
  // The script above prints this.
  const { rate, wrong, said } = JSON.parse(stdout) as { rate: number; wrong: number; said: unknown };
  if (wrong > 0) throw new Error(`Not every request to ${url} was answered with success: ${JSON.stringify(said)}`);
  return rate;
}

/** The same request with each of the keys in turn: none is asked more often than it may. */
export function withKeys(tokens: readonly string[], request: LoadRequest): LoadRequest[] {
  return tokens.map((token) => ({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } }));
}
