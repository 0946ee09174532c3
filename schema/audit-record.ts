import Type, { type Static } from 'typebox';

/** The version of the record that this file describes. A later version adds types and fields, it never changes one. */
export const AUDIT_RECORD_VERSION = 1;

/** Every type of record there is, in the order of the specification. */
export const AUDIT_TYPES = [
  'genesis',
  'kernel_start',
  'kernel_stop',
  'call_decided',
  'call_finished',
  'sandbox_created',
  'sandbox_started',
  'sandbox_stopped',
  'sandbox_failed',
  'sandbox_destroyed',
  'terminal_opened',
  'terminal_closed',
  'network_request',
  'capability_issued',
  'capability_ended',
  'approval_asked',
  'approval_answered',
  'policy_intended',
  'policy_changed',
  'plugin_intended',
  'plugin_installed',
  'plugin_enabled',
  'plugin_disabled',
  'plugin_refused',
  'plugin_removed',
  'merge_intended',
  'merge_finished',
  'merge_undone',
  'key_issued',
  'key_rotated',
  'key_revoked',
  'session_created',
  'session_changed',
  'session_ended',
  'task_submitted',
  'task_finished',
  'schedule_missed',
  'memory_pressure',
  'archive_cut',
  'storage_warning',
  'chain_break',
  'checkpoint',
] as const;

export const AuditType = Type.Enum([...AUDIT_TYPES]);
export type AuditType = (typeof AUDIT_TYPES)[number];

/** Summaries are cut at this many characters (Unicode code points). */
export const SUMMARY_LIMIT = 500;

/** Who acted: `operator`, `kernel`, `plugin:<id>`, `key:<id>` or `agent:<id>`. */
export const AuditActor = Type.String({
  pattern: '^(operator|kernel|(plugin|key|agent):.+)$',
  examples: ['key:k3v9xw2m'],
});

const Sha256Hex = Type.String({ pattern: '^[0-9a-f]{64}$', examples: ['5f'.repeat(32)] });
const Summary = Type.String({ maxLength: SUMMARY_LIMIT });

const entryFields = {
  type: AuditType,
  act: Type.Optional(Type.String({ minLength: 1, description: 'Ties the records of one act together' })),
  actor: AuditActor,
  session: Type.Optional(Type.String()),
  sandbox: Type.Optional(Type.String()),
  tool: Type.Optional(Type.String()),
  decision: Type.Optional(Type.String()),
  rule: Type.Optional(Type.String()),
  token: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  input: Type.Optional(Summary),
  output: Type.Optional(Summary),
  path: Type.Optional(Type.String()),
  pathBytes: Type.Optional(
    Type.String({ description: 'Base64 of the name, only when it is not UTF-8; `path` is then its lossy form' }),
  ),
  durationMs: Type.Optional(Type.Integer({ minimum: 0 })),
  data: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Small; integers, never null' })),
};

/** What a caller hands to the log; the log adds the number, the time and the hashes. Secrets are redacted before. */
export const AuditEntry = Type.Object(entryFields, { additionalProperties: false });
export type AuditEntry = Static<typeof AuditEntry>;

/** One link of the chain, as it is stored, exported and shown. */
export const AuditRecord = Type.Object(
  {
    seq: Type.Integer({ minimum: 1, description: '1, 2, 3 … without a gap' }),
    at: Type.Integer({ minimum: 0, description: 'Milliseconds since 1970-01-01 UTC' }),
    ...entryFields,
    prev: Sha256Hex,
    hash: Sha256Hex,
  },
  { $id: 'audit-record', additionalProperties: false },
);
export type AuditRecord = Static<typeof AuditRecord>;
