import Type, { type Static } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { areas, type Areas } from '../../schema/contract/areas.ts';
import type { Health } from '../../schema/http/openapi.ts';
import { systemClock } from '../base/clock.ts';
import type { Disposers } from '../base/disposers.ts';
import type { Logger } from '../base/logger.ts';
import type { Kernel } from '../compose.ts';
import type { HttpServer } from '../hosts/http/http-server.ts';
import type { TlsIdentity } from '../hosts/http/served-at.ts';
import type { HttpTraffic } from '../hosts/http/watched-traffic.ts';
import { OPERATOR } from '../hosts/socket/kernel-socket.ts';
import type { AuditLog } from '../kernel/audit/audit-log.ts';
import type { CallCount, DecisionCount } from '../kernel/dispatch/call-meter.ts';
import type { Dispatch } from '../kernel/dispatch/dispatch.ts';
import { Gateway } from '../kernel/gateway/gateway.ts';
import { gatewayHandlers } from '../kernel/gateway/handlers.ts';
import { gatewayLimits } from '../kernel/gateway/limits.ts';
import { Traffic } from '../kernel/gateway/traffic.ts';
import type { Keys } from '../kernel/keys/keys.ts';
import type { SettingsStore } from '../kernel/settings/settings.ts';
import { type CreationCount, CreationMeter } from '../kernel/sandboxes/creation-meter.ts';
import type { EngineAccess } from '../kernel/sandboxes/engine-access.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import { homeRoot } from '../platform/home/home.ts';
import type { Storage } from '../platform/sqlite/storage.ts';
import type { ComposeOptions } from './compose-options.ts';
import { mcpMount } from './mcp.ts';
import { servedPlace } from './served-place.ts';
import type { AskAsOperator } from './token-file.ts';

/** What the gateway tells of the kernel to whoever asks, without a key: numbers and yes or no. */
export interface GatewayVitals {
  health(): Promise<Static<typeof Health>>;
  sandboxes(): ReadonlyMap<string, number>;
  creations(): readonly CreationCount[];
  calls(): readonly CallCount[];
  decisions(): readonly DecisionCount[];
  auditQueue(): number;
}

const CHECK_LIMIT_MS = 2000;
/** How the command line is started where nobody said otherwise. */
const INSTALLED = ['cavern'] as const;
/** Whoever asks more often is told the same again. */
const HEALTH_KEPT_MS = 1000;

export interface VitalParts {
  readonly log: AuditLog;
  readonly storage: Storage;
  readonly engine: EngineAccess;
  readonly sandboxes: Pick<Sandboxes, 'list' | 'onChange'>;
  readonly dispatch: () => Dispatch<Areas>;
}

function gatewayVitals(parts: VitalParts): GatewayVitals {
  const { log, storage, engine, sandboxes, dispatch } = parts;
  const created = new CreationMeter(systemClock);
  sandboxes.onChange((sandbox) => created.changed(sandbox));
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
    creations: () => created.counts(),
    calls: () => dispatch().meter.calls(),
    decisions: () => dispatch().meter.decisions(),
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
  /** 0: one that is free. */
  readonly port: number;
  /** Is told of connections and answers. */
  readonly traffic?: HttpTraffic;
  /** 127.0.0.1 if absent; any other than a loopback one needs `tls`. */
  readonly address?: string;
  readonly tls?: TlsIdentity;
  /** Adds routes of another protocol. */
  readonly mount?: (app: FastifyInstance) => void | Promise<void>;
}

/** What is served: calls through dispatch, to whoever has a key. */
export type GatewayKernel = Pick<Kernel, 'dispatch' | 'authentication' | 'vitals'>;

/** Serves HTTP in front of a kernel. The code of it is loaded only when it is wanted. @throws Fault `port_taken`, `tls_needed`, `tls_invalid` */
export async function serveGateway(kernel: GatewayKernel, options: GatewayOptions): Promise<HttpServer> {
  const { serveHttp } = await import('../hosts/http/http-server.ts');
  const { HttpMetrics } = await import('../hosts/http/metrics.ts');
  const { dispatch, authentication, vitals } = kernel;
  return serveHttp({
    areas,
    dispatch,
    authentication,
    metrics: new HttpMetrics({ ...vitals, keys: () => authentication.use() }),
    health: vitals.health,
    clock: systemClock,
    ...options,
  });
}

const KeptChoice = Type.Object({
  enabled: Type.Boolean(),
  port: Type.Integer(),
  lastPort: Type.Optional(Type.Integer()),
});
/** The document of which there is one. */
const ONLY = 'only';

export interface GatewayParts extends VitalParts {
  readonly disposers: Disposers;
  readonly keys: Keys;
  readonly settings: Pick<SettingsStore, 'current'>;
}

/** Whether HTTP and MCP are served is the operator's choice, which is kept in the home. */
export async function composeGateway(options: ComposeOptions, parts: GatewayParts) {
  const { version, logger, program = INSTALLED } = options;
  const { storage, disposers, keys, settings, dispatch } = parts;
  const vitals = gatewayVitals(parts);
  const kept = await storage.collection('gateway', KeptChoice);
  disposers.defer(() => kept.flush());
  const { authentication } = keys;
  const limits = () => gatewayLimits(keys.minutes(), authentication.use());
  const [command, ...args] = program;
  const gateway = disposers.add(
    new Gateway({
      choice: { get: () => kept.get(ONLY), put: (choice) => kept.putSynced(ONLY, choice) },
      listen: (port, traffic, place) => {
        const kernel = { dispatch: dispatch(), authentication, vitals };
        return serveGateway(kernel, { ...place, version, logger, port, traffic, mount: mcpMount(kernel, options) });
      },
      place: (ordered) => servedPlace(settings.current.gateway, ordered),
      traffic: new Traffic({ clock: systemClock, limits }),
      program: { command, args, home: isUsualHome(options) ? null : options.home.root },
      clock: systemClock,
      logger,
    }),
  );
  return { gateway, vitals, handlers: gatewayHandlers(gateway) };
}

function isUsualHome({ home }: ComposeOptions): boolean {
  return home.root === homeRoot(undefined, { ...process.env, CAVERN_HOME: '' });
}

/** Makes calls as the operator who started the server, for a moment. */
export function askAsOperator({ dispatch }: Pick<Kernel, 'dispatch'>): AskAsOperator {
  const signal = AbortSignal.timeout(CHECK_LIMIT_MS * 5);
  return (method, input) => dispatch.call({ method, input, caller: OPERATOR, signal, review: 'refuse' });
}
