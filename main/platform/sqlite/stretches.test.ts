import { expect, test } from 'vitest';
import { divide, joined } from './stretches.ts';

const request = { chain: 'c', publicKey: 'k', heldNotes: [] };
const headAt = async (seq: number) => ({ seq, hash: `h${seq}` });

test('a long chain is divided at whole blocks, one core is left, and each stretch begins where the one before ends', async () => {
  const stretches = await divide(request, 100_000, { headAt, cores: 4 });
  expect(stretches.length).toBe(3);
  expect(stretches.map(({ after, throughSeq }) => [after, throughSeq])).toEqual([
    [undefined, 33_792],
    [{ seq: 33_792, hash: 'h33792' }, 67_584],
    [{ seq: 67_584, hash: 'h67584' }, 100_000],
  ]);
});

test('a short chain, the end of one, an empty one and a machine of one core take one stretch', async () => {
  for (const [lastSeq, cores] of [
    [5000, 8],
    [0, 8],
    [1_000_000, 1],
  ] as const) {
    const stretches = await divide(request, lastSeq, { headAt, cores });
    expect(stretches.map(({ throughSeq }) => throughSeq)).toEqual([lastSeq]);
  }
  const tail = { ...request, after: { seq: 10, hash: 'h' } };
  expect((await divide(tail, 900_000, { headAt, cores: 1 })).length).toBe(1);
});

test('where a stretch would begin after a missing record, the one before goes on to the end', async () => {
  const stretches = await divide(request, 100_000, { headAt: async () => undefined, cores: 4 });
  expect(stretches.map(({ throughSeq }) => throughSeq)).toEqual([100_000]);
});

test('the joined report ends with the first bad stretch', () => {
  const good = { ok: true, records: 10, checkpoints: 1, firstBad: null };
  const bad = {
    ok: false,
    records: 4,
    head: { seq: 14, hash: 'b' },
    checkpoints: 0,
    firstBad: { seq: 15, problem: 'gap' as const },
  };
  const first = { ...good, head: { seq: 10, hash: 'a' } };
  const last = { ...good, head: { seq: 30, hash: 'c' } };
  expect(joined([first, bad, last])).toEqual({ ...bad, records: 14, checkpoints: 1 });
});
