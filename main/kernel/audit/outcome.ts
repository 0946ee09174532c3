import type { AuditEntry, AuditRecord, AuditType } from '../../../schema/audit-record.ts';

/** For each type that announces an act, the types that end it; the first one is written when a start finds the act interrupted. */
const OUTCOMES: Partial<Record<AuditType, readonly [AuditType, ...AuditType[]]>> = {
  call_decided: ['call_finished'],
  policy_intended: ['policy_changed'],
  plugin_intended: ['plugin_refused', 'plugin_installed', 'plugin_enabled', 'plugin_disabled', 'plugin_removed'],
  merge_intended: ['merge_finished', 'merge_undone'],
};

/** Decisions after which nothing happens, so that no outcome follows. */
const WITHOUT_OUTCOME: readonly (string | undefined)[] = ['deny', 'require_review'];

const ENDING = new Set<AuditType>(Object.values(OUTCOMES).flat());

/** Collects, record by record in their order, the acts that were announced and did not end. */
export class UnfinishedActs {
  readonly #open = new Map<string, AuditRecord>();

  add(record: AuditRecord): void {
    // What the run before left open was completed when this one started.
    if (record.type === 'kernel_start') this.#open.clear();
    if (record.act === undefined) return;
    if (announces(record)) this.#open.set(record.act, record);
    else if (ENDING.has(record.type)) this.#open.delete(record.act);
  }

  list(): AuditRecord[] {
    return [...this.#open.values()];
  }
}

/** The record that ends an act which a crash cut off: what had been done of it is unknown. */
export function interruptedOutcome(intention: AuditRecord): AuditEntry {
  const [type] = OUTCOMES[intention.type] ?? ['call_finished' as const];
  const { act, session, sandbox, tool } = intention;
  return { type, actor: 'kernel', reason: 'interrupted', ...defined({ act, session, sandbox, tool }) };
}

function announces(record: AuditRecord): boolean {
  return OUTCOMES[record.type] !== undefined && !WITHOUT_OUTCOME.includes(record.decision);
}

function defined<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Only members that are not undefined are left, which is what the type says.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
