import { rm, writeFile } from 'node:fs/promises';
import type { Static } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { areas } from '../../schema/contract/areas.ts';
import type { Health } from '../../schema/http/openapi.ts';
import { Fault } from '../../schema/fault.ts';
import { systemClock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Kernel } from '../compose.ts';
import { OPERATOR } from '../hosts/socket/kernel-socket.ts';
import type { AuditLog } from '../kernel/audit/audit-log.ts';
import type { EngineAccess } from '../kernel/sandboxes/engine-access.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import type { Storage } from '../platform/sqlite/storage.ts';

/** What the gateway tells of the kernel to whoever asks, without a key: numbers and yes or no. */
export interface GatewayState {
  health(): Promise<Static<typeof Health>>;
  sandboxes(): ReadonlyMap<string, number>;
  auditQueue(): number;
}

const CHECK_LIMIT_MS = 2000;
/** Whoever asks more often is told the same again. */
const HEALTH_KEPT_MS = 1000;

export function gatewayState(parts: {
  readonly log: AuditLog;
  readonly storage: Storage;
  readonly engine: EngineAccess;
  readonly sandboxes: Sandboxes;
}): GatewayState {
  const { log, storage, engine, sandboxes } = parts;
  let kept: { readonly until: number; readonly health: Promise<Static<typeof Health>> } | undefined;
  const check = async (): Promise<Static<typeof Health>> => {
    const [database, found] = await Promise.all([
      answers(() => storage.state.get('health', 'health')),
      answers(async () => (await engine.get()).ping()),
    ]);
    if (!found) engine.forget();
    const checks = { database, audit: log.writable, engine: found };
    return { ok: Object.values(checks).every((ok) => ok), checks };
  };
  return {
    health() {
      const now = systemClock.now();
      if (kept === undefined || kept.until <= now) kept = { until: now + HEALTH_KEPT_MS, health: check() };
      return kept.health;
    },
    sandboxes() {
      const counts = new Map<string, number>();
      for (const { state } of sandboxes.list()) counts.set(state, (counts.get(state) ?? 0) + 1);
      return counts;
    },
    auditQueue: () => log.waiting,
  };
}

/** Whether something is done in time. */
async function answers(work: () => Promise<unknown>): Promise<boolean> {
  let timer: Disposable | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = systemClock.setTimer(CHECK_LIMIT_MS, () => resolve(false));
  });
  try {
    return await Promise.race([work().then(() => true), late]);
  } catch {
    return false;
  } finally {
    timer?.[Symbol.dispose]();
  }
}

export interface GatewayOptions {
  readonly version: string;
  readonly logger: Logger;
  /** Absent: nothing is served. */
  readonly port?: number;
  /** Where the token of a new admin key is written, readable by its owner only. */
  readonly tokenFile?: string;
  /** Adds routes of another protocol. */
  readonly mount?: (app: FastifyInstance) => void | Promise<void>;
}

/** Serves HTTP in front of a kernel. The code of it is loaded only when it is wanted. @throws Fault `port_taken`, `token_not_written` */
export async function serveGateway(
  kernel: Kernel,
  options: GatewayOptions,
): Promise<AsyncDisposable & { readonly url: string | null }> {
  const { port, tokenFile, version, logger, mount } = options;
  if (port === undefined) return { url: null, [Symbol.asyncDispose]: async () => undefined };
  const { serveHttp } = await import('../hosts/http/http-server.ts');
  const { HttpMetrics } = await import('../hosts/http/metrics.ts');
  const { dispatch, authentication, gateway } = kernel;
  const server = await serveHttp({
    areas,
    dispatch,
    authentication,
    metrics: new HttpMetrics({ ...gateway, keys: () => authentication.use() }),
    health: gateway.health,
    clock: systemClock,
    logger,
    version,
    port,
    ...(mount === undefined ? {} : { mount }),
  });
  try {
    if (tokenFile !== undefined) await writeToken(kernel, tokenFile);
  } catch (thrown) {
    await server[Symbol.asyncDispose]();
    throw thrown;
  }
  return server;
}

/** Issues an admin key, as the operator who started the server, and writes its token where they said. */
async function writeToken({ dispatch }: Kernel, file: string): Promise<void> {
  const issued = await dispatch.call({
    method: 'key.issue',
    input: { scope: 'admin', owner: 'cavern serve' },
    caller: OPERATOR,
    signal: AbortSignal.timeout(CHECK_LIMIT_MS * 5),
    review: 'refuse',
  });
  // Dispatch has validated the answer against the contract.
  const { token } = issued as { readonly token: string };
  try {
    // Not through a link or into a file that others may have open: it is a new one, with its own mode.
    await rm(file, { force: true });
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new Fault('token_not_written', `Cannot write the token to "${file}"`, {
      cause,
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'Name a file in a folder that you may write to.',
    });
  }
}
