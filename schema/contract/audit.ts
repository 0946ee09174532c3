import Type, { type Static } from 'typebox';
import { AUDIT_KINDS } from '../audit-kind.ts';
import { AuditRecord, AuditType } from '../audit-record.ts';
import { SessionId, TimeMs } from '../entities.ts';
import { Decision } from '../policy.ts';
import { area, call, SESSION_KEYS, stream } from './contract.ts';

export const AuditHead = Type.Object({ seq: Type.Integer(), hash: Type.String() });

export const AuditFilters = Type.Object({
  types: Type.Optional(Type.Array(AuditType)),
  session: Type.Optional(SessionId),
  actor: Type.Optional(Type.String()),
  decision: Type.Optional(Type.String()),
  tool: Type.Optional(Type.String()),
  rule: Type.Optional(Type.String()),
  act: Type.Optional(Type.String({ description: 'All records of one act' })),
  path: Type.Optional(Type.String({ description: 'This path, or one below it' })),
  text: Type.Optional(Type.String({ description: 'Occurs in tool, path, rule, reason, input, output or data' })),
  sinceMs: Type.Optional(TimeMs),
  untilMs: Type.Optional(TimeMs),
});
export type AuditFilters = Static<typeof AuditFilters>;

/** A checkpoint as a signed note (docs/audit-format.md). */
export const AuditNote = Type.String({ maxLength: 4096 });

export const AuditReport = Type.Object({
  ok: Type.Boolean(),
  records: Type.Integer(),
  head: Type.Union([AuditHead, Type.Null()]),
  checkpoints: Type.Integer(),
  firstBad: Type.Union([
    Type.Null(),
    Type.Object({
      seq: Type.Integer(),
      problem: Type.Union([
        Type.Literal('gap'),
        Type.Literal('hash'),
        Type.Literal('signature'),
        Type.Literal('tail'),
        Type.Literal('format'),
      ]),
    }),
  ]),
});
export type AuditReport = Static<typeof AuditReport>;

/** A verification that is under way or over. */
export const AuditVerification = Type.Object({
  /** When it was over; null while it is under way. */
  endedAt: Type.Union([TimeMs, Type.Null()]),
  done: Type.Integer(),
  total: Type.Integer(),
  firstBad: AuditReport.properties.firstBad,
});
export type AuditVerification = Static<typeof AuditVerification>;

/** Something that this start found broken or lost, as its `chain_break` record says. */
export const AuditBreak = Type.Object({ reason: Type.String(), data: Type.Record(Type.String(), Type.Unknown()) });
export type AuditBreak = Static<typeof AuditBreak>;

/** How many records of a block match; `first` is the number of the block's first record. */
export const AuditBlockCount = Type.Object({ first: Type.Integer(), last: Type.Integer(), count: Type.Integer() });
export type AuditBlockCount = Static<typeof AuditBlockCount>;

/** What happened in one stretch of a timeline's width. */
export const AuditTimelineSlot = Type.Object({
  slot: Type.Integer(),
  records: Type.Integer(),
  denied: Type.Integer(),
  reviewed: Type.Integer(),
});

export const AuditTimeline = Type.Object({
  sinceMs: TimeMs,
  untilMs: TimeMs,
  records: Type.Integer(),
  lanes: Type.Array(Type.Object({ kind: Type.Enum([...AUDIT_KINDS]), slots: Type.Array(AuditTimelineSlot) })),
});
export type AuditTimeline = Static<typeof AuditTimeline>;

/** Milliseconds since 1970-01-01 UTC, or a time of RFC 3339. */
const EventTime = Type.String({
  pattern: '^([0-9]{1,15}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(Z|[+-][0-9]{2}:[0-9]{2}))$',
  description: 'A time of RFC 3339, or milliseconds since 1970-01-01 UTC',
  examples: ['2026-11-21T09:30:00Z'],
});

export const audit = area('audit', {
  verify: stream({
    about: 'Verify the chain from its first record to its head; the last event is the report',
    effect: 'read',
    ends: true,
    always: true,
    http: { method: 'POST', path: '/audit/verify' },
    input: Type.Object({
      held: Type.Optional(
        Type.Array(AuditNote, { maxItems: 100, description: 'Checkpoints that were kept elsewhere' }),
      ),
    }),
    event: Type.Union([
      Type.Object({ type: Type.Literal('progress'), done: Type.Integer(), total: Type.Integer() }),
      Type.Object({ type: Type.Literal('report'), report: AuditReport }),
    ]),
    faults: ['checkpoint_invalid', 'checkpoint_unreachable'],
  }),
  checkpoint: call({
    about: 'Sign the newest record: a checkpoint to keep elsewhere, which finds a chain that is cut or written anew',
    effect: 'read',
    always: true,
    http: { method: 'POST', path: '/audit/checkpoint' },
    input: Type.Object({}),
    output: Type.Object({ note: AuditNote, publicKey: Type.String({ description: 'Ed25519, raw in Base64' }) }),
    faults: [],
  }),
  log: call({
    about: 'List records that match, the newest first',
    effect: 'read',
    always: true,
    input: Type.Object({
      filters: Type.Optional(AuditFilters),
      before: Type.Optional(Type.Integer({ minimum: 1, description: 'Only records with a lower sequence number' })),
      after: Type.Optional(Type.Integer({ minimum: 0, description: 'Only records with a higher sequence number' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    }),
    output: Type.Object({ records: Type.Array(AuditRecord), next: Type.Union([Type.Integer(), Type.Null()]) }),
    faults: [],
  }),
  events: call({
    about: 'List the records of a stretch of time, the newest first, page by page',
    effect: 'read',
    always: true,
    keys: SESSION_KEYS,
    http: { method: 'GET', path: '/audit/events' },
    input: Type.Object({
      session: Type.Optional(SessionId),
      type: Type.Optional(AuditType),
      actor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      decision: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
      tool: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
      since: Type.Optional(EventTime),
      until: Type.Optional(EventTime),
      before: Type.Optional(Type.Integer({ minimum: 1, description: '`next` of the page before' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    }),
    output: Type.Object({ events: Type.Array(AuditRecord), next: Type.Union([Type.Integer(), Type.Null()]) }),
    faults: [],
  }),
  count: stream({
    about: 'Count the records that match, block by block from the newest; blocks without one are left out',
    effect: 'read',
    always: true,
    input: Type.Object({ filters: Type.Optional(AuditFilters) }),
    event: Type.Object({ blocks: Type.Array(AuditBlockCount), done: Type.Integer(), total: Type.Integer() }),
    faults: [],
  }),
  timeline: call({
    about: 'Draw what matches over time: records by kind in as many slots as are asked for',
    effect: 'read',
    always: true,
    input: Type.Object({
      filters: Type.Optional(AuditFilters),
      slots: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
    }),
    output: AuditTimeline,
    faults: [],
  }),
  replay: stream({
    about: 'Tell a session again, in the order it happened, with what another policy would have decided',
    effect: 'read',
    always: true,
    input: Type.Object({
      session: SessionId,
      text: Type.Optional(Type.String({ description: 'The other policy; without it nothing is decided again' })),
    }),
    event: Type.Object({
      records: Type.Array(Type.Object({ record: AuditRecord, again: Type.Optional(Decision) })),
    }),
    faults: ['policy_invalid'],
  }),
  watch: stream({
    about: 'Follow the chain: its state, and records as they are written',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    event: Type.Object({
      records: Type.Array(AuditRecord),
      head: Type.Union([AuditHead, Type.Null()]),
      writable: Type.Boolean(),
      startVerified: Type.Union([Type.Boolean(), Type.Null()]),
      verification: Type.Union([AuditVerification, Type.Null()]),
      breaks: Type.Array(AuditBreak),
    }),
    faults: [],
  }),
  export: call({
    about: 'Write the chain to a file as JSON Lines, with a signed manifest beside it',
    effect: 'read',
    input: Type.Object({ file: Type.String({ minLength: 1 }) }),
    output: Type.Object({ records: Type.Integer(), head: AuditHead }),
    faults: ['export_failed'],
  }),
  save: stream({
    about: 'Write the chain and its signed manifest to a folder, with progress; the last event names the file',
    effect: 'read',
    ends: true,
    input: Type.Object({ folder: Type.String({ minLength: 1, maxLength: 4096 }) }),
    event: Type.Union([
      Type.Object({ type: Type.Literal('progress'), done: Type.Integer(), total: Type.Integer() }),
      Type.Object({ type: Type.Literal('saved'), file: Type.String(), records: Type.Integer(), head: AuditHead }),
    ]),
    faults: ['export_failed'],
  }),
});
