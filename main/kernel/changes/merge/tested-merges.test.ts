import { expect, test } from 'vitest';
import type { SessionId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import { silentLogger } from '../../../base/logger.ts';
import { TestedMerges } from './tested-merges.ts';

const [one, two, three] = ['s1', 's2', 's3'] as SessionId[]; // names of that form

test('passed tests ask for one merge after the other, only where there is something and the operator wants it', async () => {
  const asked: SessionId[] = [];
  let enabled = true;
  let atWork = 0;
  await using merges = new TestedMerges({
    enabled: () => enabled,
    hasChanges: async (session) => session !== two,
    merge: async (session) => {
      expect(++atWork).toBe(1);
      await Promise.resolve();
      atWork--;
      asked.push(session);
      if (asked.length === 1) throw new Fault('needs_review', 'Cannot run merge.apply: a person has to look');
    },
    logger: silentLogger,
  });
  for (const session of [one, one, two, one]) if (session) merges.testsPassed(session);
  await merges.idle();
  enabled = false;
  if (three) merges.testsPassed(three);
  await merges.idle();
  expect(asked).toEqual([one, one, one]);
});

test('what passed its tests just before the end is merged before it', async () => {
  const asked: SessionId[] = [];
  const merges = new TestedMerges({
    enabled: () => true,
    hasChanges: async () => true,
    merge: async (session) => asked.push(session),
    logger: silentLogger,
  });
  if (one) merges.testsPassed(one);
  const ended = merges[Symbol.asyncDispose]();
  if (two) merges.testsPassed(two);
  await ended;
  expect(asked).toEqual([one]);
});
