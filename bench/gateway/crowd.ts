import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SessionId, TerminalId } from '../../schema/entities.ts';
import { longestTurn } from '../longest-turn.ts';
import { type Metrics, timeMetric } from '../metric.ts';
import type { BenchKernel } from './bench-kernel.ts';
import type { Crowd } from './crowd-clients.ts';
import { memoryUnderCalls } from './memory.ts';
import { smallCalls } from './small-calls.ts';

const WATCHERS = 200;
const TERMINALS = 50;
const START_LIMIT_MS = 120_000;
const TURNS = 3;
/** Two thousand lines a second from one terminal; from each of many what a test run prints. */
const STREAM = 'while :; do seq 1 100; sleep 0.05; done\n';
const CHATTER = 'while :; do seq 1 20; sleep 0.5; done\n';
/** More than the kernel keeps of a terminal where no setting says otherwise. */
const HISTORY_LINES = 10_100;
/** How what is kept begins when the prompt and the first lines have gone. */
const LATER_LINE = /^\d+\r\n/;

/** Calls while a terminal streams; then with two hundred clients of events and fifty terminals at once, and what that does to memory. */
export async function crowdedCalls(kernel: BenchKernel): Promise<Metrics> {
  const { id: box } = await kernel.client.box.create(
    { namespace: 'crowd', name: 'one' },
    { signal: AbortSignal.timeout(START_LIMIT_MS) },
  );
  try {
    const calls = { ...(await besideTerminal(kernel, box)), ...(await inCrowd(kernel, box)) };
    return { ...calls, ...(await memoryInCrowd(kernel, box)) };
  } finally {
    await kernel.client.box.remove({ session: box });
  }
}

async function besideTerminal(kernel: BenchKernel, box: string): Promise<Metrics> {
  await using _clients = await openClients(kernel, { box, terminals: 1, watchers: 0, chatter: STREAM });
  const { rate, turn } = await smallCalls(kernel, TURNS);
  return { http_small_while_terminal: rate, http_small_while_terminal_longest_turn: turn };
}

async function inCrowd(kernel: BenchKernel, box: string): Promise<Metrics> {
  await using _clients = await openClients(kernel, { box, terminals: TERMINALS, watchers: WATCHERS, chatter: CHATTER });
  const { rate, turn } = await smallCalls(kernel, TURNS);
  return {
    http_small_in_crowd: rate,
    http_small_in_crowd_longest_turn: turn,
    crowd_longest_turn: timeMetric([await longestTurn(() => delay(3000))], 'ms'),
  };
}

/** Among terminals of which the kernel keeps as much as it ever does: what grows then is something else. */
async function memoryInCrowd(kernel: BenchKernel, box: SessionId): Promise<Metrics> {
  const chatter = `seq 1 ${HISTORY_LINES}; ${CHATTER}`;
  await using _clients = await openClients(kernel, { box, terminals: TERMINALS, watchers: WATCHERS, chatter });
  const { terminals } = await kernel.client.terminal.list({ session: box });
  for (const { id } of terminals) while (!LATER_LINE.test(await firstKept(kernel, id))) await delay(100);
  return await memoryUnderCalls(kernel);
}

/** The oldest that the kernel has of a terminal, a piece of it. */
async function firstKept({ client }: BenchKernel, terminal: TerminalId): Promise<string> {
  for await (const event of client.terminal.attach({ terminal })) {
    if (event.type === 'snapshot') return event.text;
  }
  throw new Error(`Cannot measure: terminal ${terminal} has ended`);
}

/** Opens clients in a process of their own; disposing ends them. @throws Error where one was refused */
async function openClients(
  { url, tokens }: BenchKernel,
  clients: Pick<Crowd, 'box' | 'terminals' | 'watchers' | 'chatter'>,
): Promise<AsyncDisposable> {
  const crowd: Crowd = { url, token: tokens[0] ?? '', ...clients };
  const args = [join(import.meta.dirname, 'crowd-clients.ts'), JSON.stringify(crowd)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const said = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)]);
  if (said === undefined) throw new Error('Cannot measure: not every client was let in');
  return {
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
