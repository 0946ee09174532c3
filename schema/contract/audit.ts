import Type, { type Static } from 'typebox';
import { AuditRecord, AuditType } from '../audit-record.ts';
import { SessionId, TimeMs } from '../entities.ts';
import { area, call, stream } from './contract.ts';

export const AuditHead = Type.Object({ seq: Type.Integer(), hash: Type.String() });

export const AuditFilters = Type.Object({
  types: Type.Optional(Type.Array(AuditType)),
  session: Type.Optional(SessionId),
  actor: Type.Optional(Type.String()),
  decision: Type.Optional(Type.String()),
  text: Type.Optional(Type.String({ description: 'Occurs in tool, path, rule, reason or input' })),
  sinceMs: Type.Optional(TimeMs),
  untilMs: Type.Optional(TimeMs),
});
export type AuditFilters = Static<typeof AuditFilters>;

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

export const audit = area('audit', {
  verify: stream({
    about: 'Verify the chain from its first record to its head; the last event is the report',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    event: Type.Union([
      Type.Object({ type: Type.Literal('progress'), done: Type.Integer(), total: Type.Integer() }),
      Type.Object({ type: Type.Literal('report'), report: AuditReport }),
    ]),
    faults: [],
  }),
  log: call({
    about: 'List records that match, the newest first',
    effect: 'read',
    always: true,
    input: Type.Object({
      filters: Type.Optional(AuditFilters),
      before: Type.Optional(Type.Integer({ minimum: 1, description: 'Only records with a lower sequence number' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    }),
    output: Type.Object({ records: Type.Array(AuditRecord), next: Type.Union([Type.Integer(), Type.Null()]) }),
    faults: [],
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
});
