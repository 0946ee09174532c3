import { expect, it } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import { Stirring } from './stirring.ts';

function stirring(first: string | undefined) {
  const clock = new VirtualClock(1_000);
  let pulse: string | undefined = first;
  const looks = new Stirring(() => pulse, clock);
  return {
    clock,
    beat: (next: string | undefined) => {
      pulse = next;
    },
    look: () => {
      const isSpared = looks.isStill();
      if (!isSpared) looks.looked();
      return isSpared ? 'spared' : 'looked';
    },
    looks,
  };
}

it('a look is spared while nothing has run since the last one', () => {
  const { look, beat } = stirring('a');
  expect([look(), look(), look()]).toEqual(['looked', 'spared', 'spared']);
  beat('b');
  expect([look(), look()]).toEqual(['looked', 'spared']);
});

it('where it cannot be told whether something has run, nothing is spared', () => {
  const { look, beat } = stirring(undefined);
  expect([look(), look()]).toEqual(['looked', 'looked']);
  beat('a');
  expect([look(), look()]).toEqual(['looked', 'spared']);
  beat(undefined);
  expect(look()).toBe('looked');
});

it('what runs while somebody looks is looked at again', () => {
  const { looks, beat } = stirring('a');
  expect(looks.isStill()).toBe(false);
  beat('b');
  looks.looked();
  expect(looks.isStill()).toBe(false);
});

it('a look that fails is made again', () => {
  const { looks } = stirring('a');
  expect([looks.isStill(), looks.isStill()]).toEqual([false, false]);
});

it('once a minute there is a look all the same', () => {
  const { look, clock } = stirring('a');
  look();
  clock.advance(59_999);
  expect(look()).toBe('spared');
  clock.advance(1);
  expect(look()).toBe('looked');
});
