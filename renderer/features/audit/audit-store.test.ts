import { expect, test } from 'vitest';
import { AuditStore } from './audit-store.ts';
import { chainOf, fakeChain } from './fake-chain.fixture.ts';

function auditOf(length: number, query = '') {
  const chain = fakeChain(chainOf(length));
  const written: string[] = [];
  const saved: string[] = [];
  const audit = new AuditStore({
    client: chain.client,
    memory: { read: () => query, write: (next) => written.push(next) },
    onSaved: (file) => saved.push(file),
  });
  return { audit, chain, written, saved };
}

test('filters are taken from the memory, and kept there', () => {
  const { audit, written } = auditOf(10, 'type=call_decided&decision=deny&nonsense=1');
  expect(audit.store.getState().filters).toEqual({ types: ['call_decided'], decision: 'deny' });
  audit.change({ decision: undefined, text: 'a b' });
  expect(written).toEqual(['type=call_decided&text=a+b']);
});

test('what is shown stays shown when newer records come in front of it', async () => {
  const { audit, chain } = auditOf(10);
  audit.open();
  await expect.poll(() => audit.pages.store.getState().counting).toBeUndefined();
  await audit.show(3);
  const next = chainOf(12).slice(10);
  chain.records.push(...next);
  audit.pages.receive(next);
  const { shown } = audit.store.getState();
  expect({ row: shown?.row, seq: shown?.record.seq }).toEqual({ row: 5, seq: 7 });
});

test('a record is shown by its number whatever the filters were', async () => {
  const { audit } = auditOf(30, 'decision=deny');
  await audit.showRecord(12);
  const { shown, filters } = audit.store.getState();
  expect({ seq: shown?.record.seq, filters }).toEqual({ seq: 12, filters: {} });
});

test('an export tells where the file is', async () => {
  const { audit, saved } = auditOf(3);
  await audit.save();
  expect(saved).toEqual(['/exports/chain.jsonl']);
  expect(audit.store.getState().saving).toBeUndefined();
});
