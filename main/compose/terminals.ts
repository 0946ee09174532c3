import { Terminal } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import { Disposers } from '../base/disposers.ts';
import { AuditLog } from '../kernel/audit/audit-log.ts';
import { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import { Terminals } from '../kernel/terminals/terminals.ts';
import { Storage } from '../platform/sqlite/storage.ts';
import { workerTerminalMirror } from '../platform/terminal-mirror/worker-terminal-mirror.ts';
import type { ComposeOptions } from './compose-options.ts';

export async function composeTerminals(
  { logger }: ComposeOptions,
  parts: { storage: Storage; sandboxes: Sandboxes; log: AuditLog; disposers: Disposers },
): Promise<Terminals> {
  const { storage, sandboxes, log, disposers } = parts;
  const kept = await storage.collection('terminal', Terminal);
  disposers.defer(() => kept.flush());
  return new Terminals({
    sandboxes,
    mirror: disposers.add(workerTerminalMirror()),
    store: {
      all: () => kept.all(),
      put: (terminal) => kept.put(terminal.id, terminal),
      delete: (id) => kept.delete(id),
    },
    audit: { record: (entry) => log.record({ ...entry, actor: 'kernel' }) },
    clock: systemClock,
    logger,
  });
}
