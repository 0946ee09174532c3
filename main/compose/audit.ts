import { randomBytes } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import { Disposers } from '../base/disposers.ts';
import type { Logger } from '../base/logger.ts';
import type { RetentionSettings } from '../../schema/contract/app.ts';
import { AuditLog } from '../kernel/audit/audit-log.ts';
import { Retention } from '../kernel/audit/retention.ts';
import { signerFromSeed } from '../kernel/audit/checkpoint-note.ts';
import { fileSealer, KeyStore } from '../platform/key-store/key-store.ts';
import { chainBreaksOf } from '../platform/sqlite/chain-breaks.ts';
import { Storage } from '../platform/sqlite/storage.ts';
import type { ComposeOptions } from './compose-options.ts';

const MEBIBYTE = 1024 * 1024;
/** A start has better things to do than to read the whole chain; a kernel that lives for one command never does. */
const VERIFY_AFTER_MS = 3_000;

/** The storage, the keys and the audit chain. */
export async function composeAudit(options: ComposeOptions, disposers: Disposers) {
  const { home, logger, version, purpose = 'work' } = options;
  // A home whose keys lie in files need not wake the desktop's key store.
  const system = KeyStore.kindOf(home.keys) === 'file' ? undefined : options.systemKeyStore?.();
  const keys = KeyStore.open(home.keys, system ? [system, fileSealer] : [fileSealer]);
  const storage = disposers.add(await Storage.open({ database: home.database, clock: systemClock, logger }));
  const log = disposers.add(
    await AuditLog.open({
      store: storage.audit,
      signer: signerFromSeed(keys.key('audit-signing').reveal()),
      clock: systemClock,
      logger,
      newChainId: () => randomBytes(16).toString('hex'),
      breaks: chainBreaksOf(storage.recovery),
    }),
  );
  if (purpose === 'work') {
    verifyInBackground(log, logger, disposers);
    log.record({ type: 'kernel_start', actor: 'kernel', data: { pid: process.pid, version } });
    disposers.defer(() => log.record({ type: 'kernel_stop', actor: 'kernel', data: { pid: process.pid } }));
  }
  const keepWithin = (limits: () => RetentionSettings, onRun: () => void): void => {
    // Looking at the record cuts nothing off it.
    if (purpose === 'read') return;
    const retention = new Retention({
      log,
      archives: storage.archives,
      newestCut: () => storage.audit.newest('archive_cut'),
      limits: () => ({ days: limits().auditDays, limitBytes: limits().auditLimitMiB * MEBIBYTE }),
      onRun,
      clock: systemClock,
      logger,
    });
    disposers.add(retention);
  };
  return { keys, storage, log, keepWithin };
}

/** Verifies what the start did not look at; the log's state tells the progress and what was found. */
function verifyInBackground(log: AuditLog, logger: Logger, disposers: Disposers): void {
  const abort = new AbortController();
  const timer = systemClock.setTimer(VERIFY_AFTER_MS, () => {
    log.verify({ signal: abort.signal }).catch((cause: unknown) => {
      if (!abort.signal.aborted) logger.error('The audit chain could not be verified in the background', { cause });
    });
  });
  disposers.defer(() => {
    timer[Symbol.dispose]();
    abort.abort();
  });
}
