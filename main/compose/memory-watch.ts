import { getHeapStatistics } from 'node:v8';
import { systemClock } from '../base/clock.ts';
import type { AuditLog } from '../kernel/audit/audit-log.ts';
import { MemoryWatch } from '../kernel/scheduler/memory-watch.ts';

/** The budget is what V8 gives the heap: beyond it the process ends. */
export function composeMemoryWatch(log: Pick<AuditLog, 'record'>): MemoryWatch {
  return new MemoryWatch({
    memory: () => {
      const { used_heap_size: usedBytes, heap_size_limit: budgetBytes } = getHeapStatistics();
      return { usedBytes, budgetBytes };
    },
    clock: systemClock,
    audit: { record: (entry) => log.record(entry) },
  });
}
