import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { fillWhatIsBounded } from '../fixtures/growth/fill.ts';
import { limitOf, riseLimitOf } from '../fixtures/growth/limits.ts';
import { GrowthProbe, type Measure, MEASURES, type Sample } from '../fixtures/growth/probe.ts';
import { makePlaces, workOneRound } from '../fixtures/growth/round.ts';
import { median, rise, trend } from '../fixtures/growth/trend.ts';
import { addToFigures, writeFigures } from '../fixtures/results.ts';
import { expect, test } from '../fixtures/test.ts';

/** Five minutes; an hour where there is the time. */
const WORK_S = env.CAVERN_LONG === '1' ? 3600 : 300;
/** What is loaded, compiled or cached by then is not loaded again. */
const WARM_UP_SHARE = 0.3;
/** However long they take: in the first ten the code that is compiled is more than what a round may leave behind. */
const ROUNDS_AT_LEAST = 20;
/** A pool that is full after a few starts, and a plugin that comes as it is. */
const SETTINGS = { sandboxPoolMiB: 64, allowUnsignedPlugins: true };

interface Figure {
  readonly measure: Measure;
  readonly held: number;
  readonly perRound: number;
  readonly limit: number;
  /** From the first third to the last. */
  readonly rise: number;
}

function figuresOf(samples: readonly Sample[]): Figure[] {
  const settled = samples.slice(Math.ceil(samples.length * WARM_UP_SHARE));
  return MEASURES.map((measure) => {
    const values = settled.map((sample) => sample[measure]);
    const [held, perRound] = [median(values), trend(values)].map((value) => Math.round(value * 100) / 100);
    return { measure, held: held ?? 0, perRound: perRound ?? 0, limit: limitOf(measure), rise: rise(values) };
  });
}

test('nothing grows while the app is used', async ({ start, home, scratch }) => {
  test.setTimeout((WORK_S + 600) * 3000);
  await writeFile(join(home, 'settings.json'), JSON.stringify(SETTINGS));
  const shell = await start();
  const places = await makePlaces(home, scratch);
  await shell.openFolder(places.staying);
  await shell.terminal();
  await test.step('what has a bound is filled', () => fillWhatIsBounded(shell, places));
  const probe = await GrowthProbe.attach(shell.app, home);
  const samples: Sample[] = [];
  const untilMs = performance.now() + WORK_S * 1000;
  for (let round = 1; performance.now() < untilMs || round <= ROUNDS_AT_LEAST; round += 1) {
    await test.step(`round ${round}`, () => workOneRound(shell, places, round));
    const sample = await probe.sample();
    samples.push(sample);
    await addToFigures('growth-samples', sample);
  }
  const figures = figuresOf(samples);
  await writeFigures('growth', { seconds: WORK_S, rounds: samples.length, figures, samples });
  // A figure that could not be had is no number, and fails.
  expect(figures.filter(({ perRound, limit }) => !(perRound <= limit))).toEqual([]);
  expect(figures.filter(({ measure, rise: risen }) => !(risen <= riseLimitOf(measure)))).toEqual([]);
  expect(shell.app.complaints).toEqual([]);
});
