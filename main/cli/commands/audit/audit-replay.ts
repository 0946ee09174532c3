import type { AuditRecord } from '../../../../schema/audit-record.ts';
import { audit as area } from '../../../../schema/contract/audit.ts';
import type { Decision } from '../../../../schema/policy.ts';
import { type Command, stringOf } from '../../command.ts';
import { readNamedFile } from '../../input/named-file.ts';
import { sessionArgument } from '../sandbox/session.ts';
import { value } from '../../option.ts';

/** What a replay says of one record; absent is absent. */
export interface ReplayedAct {
  readonly seq: number;
  readonly at: number;
  /** Since the session's first record. */
  readonly offsetMs: number;
  readonly type: string;
  readonly actor: string;
  readonly act?: string;
  readonly call?: string;
  readonly tool?: string;
  readonly path?: string;
  readonly decision?: string;
  readonly rule?: string;
  readonly reason?: string;
  readonly durationMs?: number;
  readonly again?: Pick<Decision, 'decision' | 'rule' | 'reasons'>;
  /** Only where it was decided again. */
  readonly changed?: boolean;
}

const KEPT = ['act', 'tool', 'path', 'decision', 'rule', 'reason', 'durationMs'] as const;

/** The line of a replay that stands for a record. */
export function replayedAct(record: AuditRecord, again: Decision | undefined, startMs: number): ReplayedAct {
  const { seq, at, type, actor, data } = record;
  const call = data?.['call'];
  return {
    seq,
    at,
    offsetMs: at - startMs,
    type,
    actor,
    ...(typeof call === 'string' ? { call } : {}),
    ...Object.fromEntries(KEPT.flatMap((key) => (record[key] === undefined ? [] : [[key, record[key]]]))),
    ...(again === undefined
      ? {}
      : {
          again: { decision: again.decision, rule: again.rule, reasons: again.reasons },
          changed: again.decision !== record.decision,
        }),
  };
}

export function replayLine(act: ReplayedAct): string {
  const what = [act.tool ?? act.call, act.path].filter((part) => part !== undefined).join(' ');
  const decided =
    act.decision === undefined ? '' : `  ${act.decision}${act.rule === undefined ? '' : ` (${act.rule})`}`;
  const again = act.again && act.changed ? `  → ${act.again.decision} (${act.again.rule ?? 'no rule'})` : '';
  return `${String(act.seq).padStart(8)}  +${(act.offsetMs / 1000).toFixed(3)} s  ${act.type}  ${act.actor}  ${what}${decided}${again}`.trimEnd();
}

export const replay: Command = {
  words: ['audit', 'replay'],
  purpose: 'read',
  usage: 'audit replay SESSION [--policy FILE]',
  about: area.members.replay.about,
  options: { policy: value('file', 'Decide every call again with this document') },
  positionals: [1, 1],
  takes: ['session'],
  document:
    '{ session, records, calls, changed, timeline: [{ seq, at, offsetMs, type, actor, act?, call?, tool?, path?, decision?, rule?, reason?, durationMs?, again?: { decision, rule, reasons }, changed? }] }, oldest first; calls were decided again, changed of them otherwise',
  async run(context) {
    const session = sessionArgument(context.positionals[0] ?? '');
    const policy = stringOf(context, 'policy');
    const input = { session, ...(policy === undefined ? {} : { text: readNamedFile(policy) }) };
    const client = await context.connect();
    const timeline: ReplayedAct[] = [];
    for await (const { records } of client.audit.replay(input, { signal: context.signal })) {
      for (const { record, again } of records) {
        timeline.push(replayedAct(record, again, timeline[0]?.at ?? record.at));
      }
    }
    const calls = timeline.filter((act) => act.again !== undefined).length;
    const changed = timeline.filter((act) => act.changed === true).length;
    const summary =
      policy === undefined
        ? `${timeline.length} records\n`
        : `${timeline.length} records, ${calls} decided again, ${changed} otherwise\n`;
    return {
      document: { session, records: timeline.length, calls, changed, timeline },
      text: timeline.map((act) => `${replayLine(act)}\n`).join('') + summary,
    };
  },
};
