import fc from 'fast-check';
import { expect, test } from 'vitest';
import { passesFilters } from '../../../schema/audit-filter.ts';
import { AuditPages } from './audit-pages.ts';
import { chainOf, fakeChain, record } from './fake-chain.fixture.ts';

async function rowsOf(pages: AuditPages): Promise<(number | undefined)[]> {
  const { rows } = pages.store.getState();
  return Promise.all(Array.from({ length: rows }, async (_, row) => (await pages.read(row))?.seq));
}

test('every row is the record that the filters leave there, newest first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom({}, { decision: 'deny' }, { session: 's1' as never }, { text: 'nothing' }),
      async (length, blockRecords, filters) => {
        const chain = fakeChain(chainOf(length), blockRecords);
        const pages = new AuditPages(chain.client);
        await pages.open(filters);
        const expected = chain.records.filter((one) => passesFilters(one, filters)).map((one) => one.seq);
        expect(await rowsOf(pages)).toEqual(expected.reverse());
      },
    ),
  );
});

test('records that arrive come in front, those that the filters refuse do not, and nothing comes twice', async () => {
  const chain = fakeChain(chainOf(10));
  const pages = new AuditPages(chain.client);
  await pages.open({ decision: 'deny' });
  await pages.read(0);
  const arrived = [
    record(11, { decision: 'deny' }),
    record(12, { decision: 'allow' }),
    record(13, { decision: 'deny' }),
  ];
  chain.records.push(...arrived);
  pages.receive([record(10, { decision: 'deny' }), ...arrived]);
  pages.receive(arrived);
  expect(await rowsOf(pages)).toEqual([13, 11, 10, 7, 4, 1]);
  expect(pages.store.getState().prepended).toBe(2);
});

test('a list of any length reads the pages that are looked at, and no others', async () => {
  const chain = fakeChain(chainOf(100_000), 512);
  const pages = new AuditPages(chain.client);
  await pages.open({});
  expect(chain.pages).toBe(0);
  pages.want(50_000, 50_040);
  await expect.poll(() => pages.recordAt(50_039)?.seq).toBe(49_961);
  expect(pages.recordAt(50_000)?.seq).toBe(50_000);
  expect(chain.pages).toBeLessThanOrEqual(2);
});

test('other filters make another list; what was still being read for the former one is left out', async () => {
  const chain = fakeChain(chainOf(20));
  const pages = new AuditPages(chain.client);
  const former = pages.open({});
  pages.want(0, 20);
  await pages.open({ decision: 'deny' });
  await former;
  expect(await rowsOf(pages)).toEqual([19, 16, 13, 10, 7, 4, 1]);
});

test('a record is found by its number', async () => {
  const pages = new AuditPages(fakeChain(chainOf(50)).client);
  await pages.open({});
  expect([await pages.rowOf(50), await pages.rowOf(17), await pages.rowOf(1)]).toEqual([0, 33, 49]);
});

test('of a chain that grows while nobody looks back, the newest are held and the others read again', async () => {
  const chain = fakeChain([]);
  const pages = new AuditPages(chain.client);
  await pages.open({});
  for (let seq = 1; seq <= 20_000; seq += 1) {
    chain.records.push(record(seq));
    pages.receive([record(seq)]);
  }
  const held = Array.from({ length: 20_000 }, (_, row) => pages.recordAt(row)).filter((one) => one !== undefined);
  expect(held[0]?.seq).toBe(20_000);
  expect(held.length).toBeLessThanOrEqual(4096);
  expect((await pages.read(19_999))?.seq).toBe(1);
});
