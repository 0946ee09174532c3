import { area } from '../../../../schema/contract/contract.ts';
import { terminal } from '../../../../schema/contract/terminal.ts';
import type { TerminalId } from '../../../../schema/entities.ts';
import { systemClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { Dispatch } from '../../../kernel/dispatch/dispatch.ts';
import { RunningActs } from '../../../kernel/dispatch/running-acts.ts';
import { createRedactor } from '../../../kernel/policy/redactor.ts';
import { serveHttp } from '../http-server.ts';
import { HttpMetrics } from '../metrics.ts';
import { ShelfKeys } from './shelf-keys.ts';

const { attach, write, resize, close } = terminal.members;
/** What can be done with a terminal that is shown, as the contract has it. */
export const shownAreas = { terminal: area('terminal', { attach, write, resize, close }) };

export interface TerminalGateway extends AsyncDisposable {
  readonly port: number;
  /** Terminals that are shown now. */
  readonly shown: ReadonlySet<string>;
  /** Connections that are open now, whatever goes over them. */
  connected(): number;
  /** Tells of each call that a message became. */
  onCall: (call: { readonly terminal: TerminalId; readonly type: 'write' | 'resize' | 'close' }) => void;
}

/** The gateway in front of terminals that do nothing but tell what was asked of them. */
export async function openTerminalGateway(): Promise<TerminalGateway> {
  const shown = new Set<string>();
  let connected = 0;
  const keys = new ShelfKeys();
  const dispatch = terminalDispatch(shown, (call) => gateway.onCall(call));
  const none = () => [];
  const server = await serveHttp({
    areas: shownAreas,
    dispatch,
    authentication: keys,
    metrics: new HttpMetrics({
      sandboxes: () => new Map(),
      creations: none,
      calls: none,
      decisions: none,
      auditQueue: () => 0,
      keys: none,
    }),
    health: async () => ({ ok: true, checks: { database: true, audit: true, engine: true } }),
    traffic: {
      opened() {
        connected += 1;
        return { carries: () => undefined, closed: () => void (connected -= 1) };
      },
      answered: () => undefined,
    },
    clock: systemClock,
    logger: silentLogger,
    version: '0.0.0',
    port: 0,
  });
  const gateway: TerminalGateway = {
    port: Number(new URL(server.url).port),
    shown,
    connected: () => connected,
    onCall: () => undefined,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  return gateway;
}

function terminalDispatch(shown: Set<string>, tell: TerminalGateway['onCall']): Dispatch<typeof shownAreas> {
  const redactor = createRedactor([]);
  return new Dispatch({
    areas: shownAreas,
    handlers: {
      terminal: {
        async *attach({ terminal: id }, { signal }) {
          shown.add(id);
          try {
            yield { type: 'snapshot', text: '', cols: 80, rows: 24 } as const;
            await new Promise<void>((resolve) => {
              if (signal.aborted) resolve();
              signal.addEventListener('abort', () => resolve(), { once: true });
            });
          } finally {
            shown.delete(id);
          }
        },
        write({ terminal: id }) {
          tell({ terminal: id, type: 'write' });
          return {};
        },
        resize({ terminal: id }) {
          tell({ terminal: id, type: 'resize' });
          return {};
        },
        close({ terminal: id }) {
          tell({ terminal: id, type: 'close' });
          return {};
        },
      },
    },
    clock: systemClock,
    logger: silentLogger,
    gate: {
      policy: {
        decide: () => ({ decision: 'allow', via: 'rules', rule: 'open', reasons: [], flagged: false, warnings: [] }),
      },
      audit: { writable: true, append: async () => undefined, record: () => undefined },
      review: {
        ask: async () => ({ answer: 'deny', by: 'operator', reason: 'no' }),
        approve: async () => ({ answer: 'deny', by: 'operator', reason: 'no' }),
      },
      redact: (text) => redactor.redact(text),
      redaction: () => redactor,
      subjects: new Map(),
      sessionOf: () => undefined,
      running: new RunningActs(),
    },
  });
}
