const SLICE_MS = 1;
/** So many are sorted, or merged, between two looks at the clock: well under a millisecond. */
const SORTED_AT_ONCE = 500;

/** When long work last gave the thread away. The thread is one, whoever is at work on it: what one began another goes on with. */
let turnStartedMs = performance.now();

/** Keeps long work from holding the thread: await `breathe()` between small pieces and it gives way every millisecond. */
export class Pace {
  readonly #signal: AbortSignal | undefined;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** True when it is time to `await breathe()`; asking first saves a promise for each piece. */
  get due(): boolean {
    return performance.now() - turnStartedMs >= SLICE_MS;
  }

  /** Throws the signal's reason when the work was called off. */
  async breathe(): Promise<void> {
    this.#signal?.throwIfAborted();
    await new Promise<void>((resolve) => setImmediate(resolve));
    turnStartedMs = performance.now();
  }
}

/** Takes each in turn; gives way in between. */
export async function eachPaced<T>(items: Iterable<T>, take: (item: T) => void, signal?: AbortSignal): Promise<void> {
  const pace = new Pace(signal);
  for (const item of items) {
    if (pace.due) await pace.breathe();
    take(item);
  }
}

/** What `map` makes of each; gives way in between. */
export async function mapPaced<T, U>(items: Iterable<T>, map: (item: T) => U, signal?: AbortSignal): Promise<U[]> {
  const made: U[] = [];
  await eachPaced(items, (item) => made.push(map(item)), signal);
  return made;
}

/** Those that are wanted; gives way in between. */
export async function filterPaced<T>(
  items: Iterable<T>,
  isWanted: (item: T) => boolean,
  signal?: AbortSignal,
): Promise<T[]> {
  const kept: T[] = [];
  const look = (item: T): void => {
    if (isWanted(item)) kept.push(item);
  };
  await eachPaced(items, look, signal);
  return kept;
}

/** The strings in the order of their characters; gives way in between. */
export async function sortPaced<T extends string>(texts: readonly T[], signal?: AbortSignal): Promise<T[]> {
  const pace = new Pace(signal);
  let runs: T[][] = [];
  for (let at = 0; at < texts.length; at += SORTED_AT_ONCE) {
    if (pace.due) await pace.breathe();
    // Without a function that compares it is many times as fast.
    runs.push(texts.slice(at, at + SORTED_AT_ONCE).sort());
  }
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) longer.push(await merged(runs[at] ?? [], runs[at + 1] ?? [], pace));
    runs = longer;
  }
  return runs[0] ?? [];
}

async function merged<T extends string>(left: T[], right: T[], pace: Pace): Promise<T[]> {
  const both: T[] = [];
  for (let fromLeft = 0, fromRight = 0; both.length < left.length + right.length; ) {
    if (both.length % SORTED_AT_ONCE === 0 && pace.due) await pace.breathe();
    const [one, other] = [left[fromLeft], right[fromRight]];
    if (one !== undefined && (other === undefined || one <= other)) {
      both.push(one);
      fromLeft += 1;
    } else if (other !== undefined) {
      both.push(other);
      fromRight += 1;
    }
  }
  return both;
}
