import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { SessionId } from '../schema/entities.ts';
import { newId } from '../main/base/id.ts';
import type { AgentConnection } from '../main/kernel/sandboxes/agent-port.ts';
import type { Sandboxes } from '../main/kernel/sandboxes/sandboxes.ts';
import { BareContainer } from './bare-container.ts';
import { type Metrics, percentile, timeMetric, timed } from './metric.ts';

export interface BenchParts {
  readonly api: Docker;
  readonly bare: { readonly parent: string; readonly image: string };
  readonly workspace: string;
}

const MS = 'ms';
const BATCH = 5;
const CROWDS = 3;
const REFILL_LIMIT_MS = 120_000;
export const READY = ['sh', '-c', 'echo ready; exec sleep 60'];

/** Sessions on sandboxes that were started ahead, until each has answered a call, and the first terminal in each; in turn with the engine's own. */
export async function warmBench(
  sandboxes: Sandboxes,
  parts: BenchParts & { readonly starts: number },
): Promise<Metrics> {
  const warm: number[] = [];
  const terminals: number[] = [];
  const coldFloor: number[] = [];
  const execFloor: number[] = [];
  // So many within a minute, and so many are kept.
  for (let first = 0; first < BATCH; first++) await sandboxes.remove(await startNext(sandboxes, parts.workspace));
  while (warm.length < parts.starts) {
    await ready(sandboxes, BATCH);
    const sessions: SessionId[] = [];
    for (let number = 0; number < BATCH; number++) {
      let session: SessionId | undefined;
      warm.push(
        await timed(async () => {
          session = await startNext(sandboxes, parts.workspace);
          await sandboxes.connection(session).request('stats', {});
        }),
      );
      if (session === undefined) continue;
      sessions.push(session);
      terminals.push(await openTerminal(sandboxes.connection(session)));
    }
    await Promise.all(sessions.map((session) => sandboxes.remove(session)));
    await using bare = await BareContainer.start(parts.api, parts.bare);
    coldFloor.push(bare.readyMs);
    for (let number = 0; number < BATCH; number++) execFloor.push(await bare.exec(READY, 'terminal'));
  }
  return {
    warm_ready: timeMetric(warm, MS, coldFloor),
    warm_terminal_open: {
      ...timeMetric(terminals, MS, execFloor),
      peers: { 'engine exec p99': percentile(execFloor, 0.99) },
    },
  };
}

/** So many sandboxes at once, until every agent is there; in turn with as many bare containers. */
export async function crowdBench(
  sandboxes: Sandboxes,
  { api, bare, workspace, count }: BenchParts & { readonly count: number },
): Promise<Metrics> {
  const ours: number[] = [];
  const floor: number[] = [];
  for (let turn = 0; turn < CROWDS; turn++) {
    const sessions = Array.from({ length: count }, () => newId<SessionId>());
    ours.push(await timed(() => Promise.all(sessions.map((session) => start(sandboxes, session, workspace)))));
    await Promise.all(sessions.map((session) => sandboxes.remove(session)));
    let crowd: BareContainer[] = [];
    floor.push(
      await timed(async () => {
        crowd = await Promise.all(sessions.map(() => BareContainer.start(api, bare)));
      }),
    );
    await Promise.all(crowd.map((each) => each[Symbol.asyncDispose]()));
  }
  return { [`start_${count}`]: timeMetric(ours, MS, floor) };
}

/** Milliseconds until a terminal's first byte. */
export async function openTerminal(connection: AgentConnection): Promise<number> {
  const terminal = newId();
  return timed(async () => {
    const arrived = new Promise<void>((resolve) => {
      const stop = connection.onEvent((method, params) => {
        if (method !== 'terminal.data' || !JSON.stringify(params).includes(terminal)) return;
        stop();
        resolve();
      });
    });
    await connection.request('terminal.open', { terminal, argv: READY, cols: 80, rows: 24 });
    await arrived;
  }).finally(() => connection.request('terminal.close', { terminal }));
}

async function startNext(sandboxes: Sandboxes, workspace: string): Promise<SessionId> {
  const session = sandboxes.sessionFor(workspace, 'workspace');
  await start(sandboxes, session, workspace);
  return session;
}

async function start(sandboxes: Sandboxes, session: SessionId, workspace: string): Promise<void> {
  await sandboxes.start({ session, workspace, profile: 'workspace', signal: AbortSignal.timeout(120_000) });
}

async function ready(sandboxes: Sandboxes, count: number): Promise<void> {
  for (const untilMs = performance.now() + REFILL_LIMIT_MS; sandboxes.readyAhead < count; await delay(50)) {
    if (performance.now() > untilMs)
      throw new Error(`Cannot measure warm starts: ${sandboxes.readyAhead} of ${count} are ready`);
  }
}
