import { expect, it } from 'vitest';
import type { Phase } from '../../../schema/entities.ts';
import { VirtualClock } from '../../base/clock.ts';
import { StartPhases } from './start-phases.ts';
import { deferred } from './testing/deferred.ts';

const shown = (phases: readonly Phase[]) => phases.map(({ name, state = 'done', detail }) => [name, state, detail]);

it('a start tells its parts in the order in which they began, those under way too', async () => {
  const seen: unknown[] = [];
  const phases = new StartPhases(new VirtualClock(5), (list) => seen.push(shown(list)));
  const gate = deferred<number>();
  const slow = phases.follow('layer', gate.promise);
  await phases.follow('create', Promise.resolve());
  phases.note('layer', 'half of it', 0.5);
  expect(phases.list[0]).toMatchObject({ state: 'working', startedAt: 5, share: 0.5 });
  gate.resolve(7);
  expect(await slow).toBe(7);
  phases.note('layer', 'too late');
  expect(shown(phases.list)).toEqual([
    ['layer', 'done', undefined],
    ['create', 'done', undefined],
  ]);
  expect(seen).toHaveLength(5);
});

it('a start that fails says which part it was and what it was at, not those that failed with it', async () => {
  const phases = new StartPhases(new VirtualClock(0));
  const gate = deferred<never>();
  const image = phases.follow('image', gate.promise);
  const create = phases.follow('create', image);
  phases.note('image', 'pulling');
  gate.reject(new Error('no such image'));
  await expect(create).rejects.toThrow('no such image');
  expect(shown(phases.list)).toEqual([['image', 'failed', 'pulling']]);
});
