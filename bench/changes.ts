import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ChangesHome, FILES_IN_A_FOLDER } from './changes/changes-home.ts';
import { plainCopy, plainDiff, plainList, plainMerge } from './changes/plain-code.ts';
import { longestIdleTurn, longestTurn } from './longest-turn.ts';
import { type Metrics, timeMetric } from './metric.ts';

const FILES = 10_000;
/** Files of the workspace that nobody changes. */
const OTHERS = 90_000;
const GIB = 1024 ** 3;
/** A first list takes a fraction of a second, so it is measured more often. */
const LISTS_A_ROUND = 5;
const DIFFS = 20;

export interface ChangesBenchOptions {
  readonly files?: number;
  readonly others?: number;
  readonly largeBytes?: number;
  readonly rounds?: number;
}

/** Half of the files are new, half are modified; each beside the plainest code that reads or writes the same files. */
export async function changesBench(options: ChangesBenchOptions = {}): Promise<Metrics> {
  const { files = FILES, others = OTHERS, largeBytes = GIB, rounds = 3 } = options;
  const many = await manyFiles({ files, others, rounds });
  return { ...many, ...(await largeFile(largeBytes, rounds)) };
}

/** Samples of one figure and of its floor. */
class Pair {
  readonly times: number[] = [];
  readonly floors: number[] = [];

  metric(unit: string) {
    return timeMetric(this.times, unit, this.floors);
  }
}

interface ManyFiles {
  readonly files: number;
  readonly others: number;
  readonly rounds: number;
}

async function manyFiles({ files, others, rounds }: ManyFiles): Promise<Metrics> {
  const [list, processor, diff, merge] = [new Pair(), new Pair(), new Pair(), new Pair()];
  const turns = { idle: await longestIdleTurn(), list: [] as number[], merge: [] as number[] };
  using home = new ChangesHome();
  home.fillLayer(files);
  home.fillOthers(others);
  for (let round = 0; round < rounds; round++) {
    home.fillWorkspace(files);
    home.fillPlain(files);
    home.settle();
    for (let turn = 0; turn < LISTS_A_ROUND; turn++) {
      const first = home.session();
      const plain = () => sample(() => plainList(home), [list.floors, processor.floors]);
      const ours = () => sample(() => first.list(), [list.times, processor.times]);
      // Whoever comes second finds warmer caches.
      for (const one of turn % 2 === 0 ? [plain, ours] : [ours, plain]) await one();
      home.settle();
    }
    const session = home.session();
    turns.list.push(await longestTurn(() => session.list()));
    for (let opened = 0; opened < DIFFS; opened++) {
      const path = `d${opened}/f${opened * FILES_IN_A_FOLDER}`;
      await sample(() => plainDiff(home, path), [diff.floors]);
      await sample(() => session.diff(path), [diff.times]);
    }
    await sample(() => plainMerge(home), [merge.floors]);
    home.settle();
    await sample(async () => turns.merge.push(await longestTurn(() => session.merge())), [merge.times]);
  }
  return {
    list_10000: list.metric('ms'),
    list_10000_processor: processor.metric('ms'),
    merge_10000: merge.metric('ms'),
    diff_open: diff.metric('ms'),
    list_longest_turn: timeMetric(turns.list, 'ms', [turns.idle]),
    merge_longest_turn: timeMetric(turns.merge, 'ms', [turns.idle]),
  };
}

async function largeFile(bytes: number, rounds: number): Promise<Metrics> {
  const large = new Pair();
  const memories: number[] = [];
  using home = new ChangesHome();
  home.fillLarge(bytes);
  // The first round is not counted: it also pays for memory that the machine has not used before.
  for (let round = 0; round <= rounds; round++) {
    rmSync(join(home.workspace, 'large'), { force: true });
    home.settle();
    const session = home.session();
    await session.list();
    const counted = round === 0 ? new Pair() : large;
    await sample(() => plainCopy(join(home.upper, 'large'), join(home.plain, 'large')), [counted.floors]);
    rmSync(join(home.plain, 'large'));
    home.settle();
    const memory = new PeakMemory();
    await sample(() => session.merge(), [counted.times]);
    const grownMib = memory.end();
    if (round > 0) memories.push(grownMib);
  }
  return { merge_1gib: large.metric('ms'), merge_1gib_memory: timeMetric(memories, 'MiB') };
}

/** By the clock, and by the processor's time of all threads where a second place is given; in milliseconds. */
async function sample(work: () => unknown, [clock, processor]: readonly [number[], number[]?]): Promise<void> {
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  clock.push(performance.now() - startedMs);
  const { user, system } = process.cpuUsage(before);
  processor?.push((user + system) / 1000);
}

const SAMPLE_MS = 10;

/** How much the process grew at most since it was made. */
class PeakMemory {
  readonly #before = process.memoryUsage.rss();
  #most = this.#before;
  readonly #timer = setInterval(() => this.#sample(), SAMPLE_MS);

  /** In MiB. */
  end(): number {
    clearInterval(this.#timer);
    this.#sample();
    return (this.#most - this.#before) / (1024 * 1024);
  }

  #sample(): void {
    this.#most = Math.max(this.#most, process.memoryUsage.rss());
  }
}
