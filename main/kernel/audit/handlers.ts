import type { audit } from '../../../schema/contract/audit.ts';
import type { Handlers } from '../../../schema/contract/contract.ts';
import { AsyncChannel } from '../../base/async-channel.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { AuditLog } from './audit-log.ts';
import type { ChainReport } from './chain-verifier.ts';

type VerifyEvent =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'report'; readonly report: ChainReport };

async function* verify(log: AuditLog, signal: AbortSignal): AsyncGenerator<VerifyEvent, void, undefined> {
  const events = new AsyncChannel<VerifyEvent>();
  log.verify({ signal, onProgress: (done, total) => void events.push({ type: 'progress', done, total }) }).then(
    (report) => {
      void events.push({ type: 'report', report });
      events.close();
    },
    (cause: unknown) => events.fail(cause instanceof Error ? cause : new Error(String(cause))),
  );
  yield* events;
}

export function auditHandlers(log: AuditLog): Handlers<typeof audit, CallContext> {
  return {
    verify: (_input, context) => verify(log, context.signal),
    log: (input) => log.query(input),
    watch: (_input, context) => log.watch(context.signal),
    export: (input, context) => log.export(input.file, context.signal),
  };
}
