import { join } from 'node:path';
import { type SessionId, Terminal } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import { Disposers } from '../base/disposers.ts';
import { AuditLog } from '../kernel/audit/audit-log.ts';
import { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import type { SettingsStore } from '../kernel/settings/settings.ts';
import { TerminalRecordings } from '../kernel/terminals/recordings/terminal-recordings.ts';
import { Terminals } from '../kernel/terminals/terminals.ts';
import { Storage } from '../platform/sqlite/storage.ts';
import { workerTerminalMirror } from '../platform/terminal-mirror/worker-terminal-mirror.ts';
import { diskCasts } from '../platform/terminal-recordings/disk-casts.ts';
import type { ComposeOptions } from './compose-options.ts';

export async function composeTerminals(
  { logger }: ComposeOptions,
  parts: {
    storage: Storage;
    settings: SettingsStore;
    sandboxes: Sandboxes;
    log: AuditLog;
    disposers: Disposers;
    /** How many terminals of a session are open, whenever that may have changed. */
    onOpen: (session: SessionId, open: number) => void;
  },
): Promise<Terminals> {
  const { storage, settings, sandboxes, log, disposers, onOpen } = parts;
  const kept = await storage.collection('terminal', Terminal);
  disposers.defer(() => kept.flush());
  const tell = (session: SessionId | undefined): void => {
    if (session === undefined) return;
    onOpen(session, kept.all().filter((terminal) => terminal.session === session && terminal.state === 'open').length);
  };
  for (const session of new Set(kept.all().map((terminal) => terminal.session))) tell(session);
  const terminals = new Terminals({
    sandboxes,
    mirror: disposers.add(workerTerminalMirror(() => settings.current.terminalScrollback)),
    store: {
      all: () => kept.all(),
      put(terminal) {
        kept.put(terminal.id, terminal);
        tell(terminal.session);
      },
      delete(id) {
        const session = kept.get(id)?.session;
        kept.delete(id);
        tell(session);
      },
    },
    audit: { record: (entry) => log.record({ ...entry, actor: 'kernel' }) },
    clock: systemClock,
    logger,
  });
  return disposers.add(terminals);
}

/** Recordings of terminals, below the home. */
export function composeRecordings({ home, logger }: ComposeOptions, terminals: Terminals): TerminalRecordings {
  return new TerminalRecordings({
    files: diskCasts(join(home.root, 'recordings')),
    terminal: (id) => terminals.get(id),
    attach: (id, signal) => terminals.attach(id, signal),
    clock: systemClock,
    logger,
  });
}
