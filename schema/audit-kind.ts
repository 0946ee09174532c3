import type { AuditType } from './audit-record.ts';

/** What records are about, in the order a timeline shows them. */
export const AUDIT_KINDS = [
  'call',
  'terminal',
  'change',
  'approval',
  'sandbox',
  'session',
  'network',
  'permission',
  'plugin',
  'task',
  'chain',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

const KINDS: Readonly<Record<AuditType, AuditKind>> = {
  genesis: 'chain',
  kernel_start: 'chain',
  kernel_stop: 'chain',
  call_decided: 'call',
  call_finished: 'call',
  sandbox_created: 'sandbox',
  sandbox_started: 'sandbox',
  sandbox_stopped: 'sandbox',
  sandbox_failed: 'sandbox',
  sandbox_destroyed: 'sandbox',
  terminal_opened: 'terminal',
  terminal_closed: 'terminal',
  network_request: 'network',
  capability_issued: 'permission',
  capability_ended: 'permission',
  approval_asked: 'approval',
  approval_answered: 'approval',
  policy_intended: 'permission',
  policy_changed: 'permission',
  plugin_intended: 'plugin',
  plugin_installed: 'plugin',
  plugin_enabled: 'plugin',
  plugin_disabled: 'plugin',
  plugin_refused: 'plugin',
  plugin_removed: 'plugin',
  merge_intended: 'change',
  merge_finished: 'change',
  merge_undone: 'change',
  key_issued: 'permission',
  key_rotated: 'permission',
  key_revoked: 'permission',
  session_created: 'session',
  session_changed: 'session',
  session_ended: 'session',
  task_submitted: 'task',
  task_finished: 'task',
  schedule_missed: 'task',
  memory_pressure: 'task',
  archive_cut: 'chain',
  storage_warning: 'chain',
  chain_break: 'chain',
  checkpoint: 'chain',
};

/** What a record of that type is about; a type of a later version is about the chain. */
export function kindOf(type: AuditType): AuditKind {
  return KINDS[type] ?? 'chain';
}

/** Every type, in the order of the specification, without the schema that names them. */
export const TYPES_BY_KIND: ReadonlyMap<AuditKind, readonly AuditType[]> = new Map(
  AUDIT_KINDS.map((kind) => [kind, typeNames().filter((type) => KINDS[type] === kind)]),
);

export function isAuditType(name: string): name is AuditType {
  return Object.hasOwn(KINDS, name);
}

function typeNames(): AuditType[] {
  // The record's type says that its keys are the types, all of them.
  return Object.keys(KINDS) as AuditType[];
}
