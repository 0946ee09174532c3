import type { AuditBlockCount, AuditReport, audit } from '../../../schema/contract/audit.ts';
import type { Handlers } from '../../../schema/contract/contract.ts';
import { AsyncChannel } from '../../base/async-channel.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { AuditLog } from './audit-log.ts';
import type { ChainHead } from './chain.ts';
import { eventsQuery } from './events-query.ts';
import { type RecordJudge, replaySession } from './session-replay.ts';

/** As many slots as a timeline has where the caller does not say. */
const DEFAULT_SLOTS = 200;

interface Progress {
  readonly type: 'progress';
  readonly done: number;
  readonly total: number;
}

type VerifyEvent = Progress | { readonly type: 'report'; readonly report: AuditReport };
type SaveEvent = Progress | { type: 'saved'; file: string; records: number; head: ChainHead };

interface CountEvent {
  readonly blocks: AuditBlockCount[];
  readonly done: number;
  readonly total: number;
}

export interface AuditHandlersOptions {
  readonly log: AuditLog;
  /** @throws Fault `policy_invalid` */
  readonly judgeBy: (text: string) => Promise<RecordJudge>;
}

export function auditHandlers({ log, judgeBy }: AuditHandlersOptions): Handlers<typeof audit, CallContext> {
  return {
    verify: ({ held = [] }, { signal }) =>
      told<VerifyEvent>(async (tell) => {
        const onProgress = (done: number, total: number): void => tell({ type: 'progress', done, total });
        tell({ type: 'report', report: await log.verify({ held, signal, onProgress }) });
      }),
    checkpoint: async () => ({ note: await log.exportCheckpoint(), publicKey: log.publicKey }),
    log: (input) => log.query(input),
    async events(input) {
      const { records, next } = await log.query(eventsQuery(input));
      return { events: records, next };
    },
    count: ({ filters = {} }, { signal }) =>
      told<CountEvent>((tell) =>
        log.count({ filters, signal, onBlocks: (blocks, done, total) => tell({ blocks: [...blocks], done, total }) }),
      ),
    timeline: ({ filters = {}, slots = DEFAULT_SLOTS }, { signal }) => log.timeline({ filters, slots, signal }),
    async *replay({ session, text }, { signal }) {
      const judge = text === undefined ? undefined : await judgeBy(text);
      yield* replaySession(log, { session }, { judge, signal });
    },
    watch: (_input, { signal }) => log.watch(signal),
    export: ({ file }, { signal }) => log.export(file, { signal }),
    save: ({ folder }, { signal }) =>
      told<SaveEvent>(async (tell) => {
        const file = `${folder.replace(/\/+$/, '')}/cavern-audit-${log.state.head.seq}.jsonl`;
        const onProgress = (done: number, total: number): void => tell({ type: 'progress', done, total });
        tell({ type: 'saved', file, ...(await log.export(file, { signal, onProgress })) });
      }),
  };
}

/** What a piece of work tells while it goes on, as a stream that ends with it. */
async function* told<T>(work: (tell: (event: T) => void) => Promise<void>): AsyncGenerator<T, void, undefined> {
  const events = new AsyncChannel<T>();
  // Progress comes a few times a second: it is not worth slowing the work down for a slow reader.
  work((event) => void events.push(event)).then(
    () => events.close(),
    (cause: unknown) => events.fail(cause instanceof Error ? cause : new Error(String(cause))),
  );
  yield* events;
}
