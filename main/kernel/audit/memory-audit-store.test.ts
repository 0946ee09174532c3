import { auditStoreSuite } from './audit-store-suite.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';

auditStoreSuite('memory', async () => ({
  store: new MemoryAuditStore(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
}));
