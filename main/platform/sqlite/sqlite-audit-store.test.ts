import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { auditStoreSuite } from '../../kernel/audit/audit-store-suite.ts';
import { Storage } from './storage.ts';
import { temporaryFolder } from './test-home.ts';

auditStoreSuite('SQLite', async () => {
  const folder = temporaryFolder();
  const database = join(folder.path, 'cavern.db');
  const storage = await Storage.open({ database, clock: systemClock, logger: silentLogger });
  return {
    store: storage.audit,
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
});
