import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { ChangedOutcome } from '../../../schema/contract/policy.ts';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import type { PolicyEngine } from './policy-engine.ts';

/** What a record keeps of the calls that were judged, so that they can be judged again. */
export interface JudgedCalls {
  readonly tags: readonly string[];
  readonly mode: string;
  readonly state: string;
  readonly subjects: readonly Pick<PolicyCall, 'syscall' | 'path' | 'resolvedPath' | 'tool' | 'template' | 'size'>[];
}

/** Decides calls that a record tells of, as they were; tokens, extensions and the workspace's document stay out of it. */
export type Judge = (calls: readonly PolicyCall[]) => Decision;

/** Records of decisions; reads that were allowed leave none. */
export const DECISION_TYPES = ['call_decided', 'policy_intended', 'plugin_intended', 'merge_intended'] as const;

function isJudged(value: unknown): value is JudgedCalls {
  return typeof value === 'object' && value !== null && 'subjects' in value && Array.isArray(value.subjects);
}

/** The calls that a record tells of; none where it tells of none (a refused connection). */
export function callsOf({ at, actor, data, tool, path }: AuditRecord): PolicyCall[] {
  const judged = data?.['judged'];
  const caller = { container_id: actor === 'operator' ? '' : 'recorded', peer_pid: 0 };
  if (isJudged(judged)) {
    const { tags, mode, state, subjects } = judged;
    return subjects.map((subject) => ({
      ...subject,
      caller: { ...caller, tags: [...tags] },
      session: { mode, state },
      at,
    }));
  }
  const syscall = tool ?? data?.['call'];
  if (typeof syscall !== 'string') return [];
  const about = { ...(tool === undefined ? {} : { tool }), ...(path === undefined ? {} : { path }) };
  const tags = actor === 'operator' ? ['operator'] : [];
  return [{ syscall, ...about, caller: { ...caller, tags }, session: { mode: 'explore', state: 'idle' }, at }];
}

export function judgeWith(engine: PolicyEngine): Judge {
  return (calls) => {
    const decision = engine.decideAll(calls);
    // An engine that `withDocument` made asks no extension, and without one it answers at once.
    if (decision instanceof Promise) throw new TypeError('Cannot replay calls: an extension would have to be asked');
    return decision;
  };
}

/** Decides recorded calls by the document in force and by another one: what would change, what breaks first. */
export function replay(
  records: readonly AuditRecord[],
  judges: { readonly before: Judge; readonly after: Judge },
): { readonly replayed: number; readonly outcomes: ChangedOutcome[] } {
  const outcomes: ChangedOutcome[] = [];
  let replayed = 0;
  for (const record of records) {
    const calls = callsOf(record);
    const [first] = calls;
    if (first === undefined) continue;
    replayed += 1;
    const before = judges.before(calls);
    const after = judges.after(calls);
    if (before.decision === after.decision) continue;
    const wasAllowed = before.decision === 'allow' || record.decision === 'allow';
    outcomes.push({
      seq: record.seq,
      at: record.at,
      actor: record.actor,
      ...(record.session === undefined ? {} : { session: record.session }),
      syscall: first.syscall,
      ...(first.path === undefined ? {} : { path: first.path }),
      before,
      after,
      breaking: wasAllowed && after.decision === 'deny',
    });
  }
  outcomes.sort((a, b) => Number(b.breaking) - Number(a.breaking) || b.seq - a.seq);
  return { replayed, outcomes };
}
