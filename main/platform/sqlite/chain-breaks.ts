import { basename } from 'node:path';
import type { ChainBreak } from '../../kernel/audit/audit-log.ts';
import type { Recovery } from './open-database.ts';

/** What the chain says of a repaired database: hand it to `AuditLog.open`. */
export function chainBreaksOf(recovery: Recovery | undefined): ChainBreak[] {
  if (recovery === undefined) return [];
  const { message, problem, source, lastSeq, setAside, backup } = recovery;
  return [
    {
      reason: `database_${problem}`,
      data: {
        message,
        source,
        lastSeq,
        ...(setAside === undefined ? {} : { setAside: basename(setAside) }),
        ...(backup === undefined ? {} : { backup }),
      },
    },
  ];
}
