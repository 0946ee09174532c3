import { expect, test } from 'vitest';
import { AuditScan } from './audit-scan.ts';
import { openReader } from './connection.ts';
import { openTestHome, temporaryFolder } from './test-home.ts';

const RECORDS = 1100;

test.each([{}, { decision: 'deny' as const }, { text: 'input 7' }])(
  'counts no record beyond the one it is told, in blocks that are full and in the last one (%o)',
  async (filters) => {
    using folder = temporaryFolder();
    await using home = await openTestHome(folder.path);
    for (let index = 0; index < RECORDS; index += 1) {
      home.log.record({ type: 'call_decided', actor: 'operator', decision: 'deny', input: `input ${index}` });
    }
    await home.log.checkpoint();
    const connection = openReader(home.database);
    const scan = new AuditScan(connection);
    const passing = [...scan.records(filters)];
    for (const through of [1, 100, 512, 513, 700, 1024, 1025, 1090]) {
      const counted = [...scan.counts(filters, through)];
      expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(
        passing.filter(({ seq }) => seq <= through).length,
      );
      expect(counted.every(({ last }) => last <= through)).toBe(true);
    }
    connection.close();
  },
);
