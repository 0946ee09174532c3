/**
 * Names in the order of their UTF-16 units, put in order while they come: whoever finds them takes longer than that, and once the last
 * one is there hardly anything is left to do. Runs are merged with runs of their size, so that each name is moved a few times only.
 */
export class SortedNames {
  readonly #runs: string[][] = [];

  /** Takes the array for its own. */
  add(names: string[]): void {
    // Without a comparison it is that order, and fastest.
    let run = names.sort();
    for (let last = this.#runs.at(-1); last !== undefined && last.length <= run.length; last = this.#runs.at(-1)) {
      this.#runs.pop();
      run = merged(last, run);
    }
    this.#runs.push(run);
  }

  all(): string[] {
    let run: string[] = [];
    for (let last = this.#runs.pop(); last !== undefined; last = this.#runs.pop()) {
      run = run.length === 0 ? last : merged(last, run);
    }
    this.#runs.push(run);
    return run;
  }
}

function merged(left: readonly string[], right: readonly string[]): string[] {
  const all: string[] = [];
  let [at, other] = [0, 0];
  for (let [a, b] = [left[0], right[0]]; a !== undefined && b !== undefined; ) {
    if (a <= b) {
      all.push(a);
      a = left[(at += 1)];
    } else {
      all.push(b);
      b = right[(other += 1)];
    }
  }
  for (; at < left.length; at += 1) all.push(left[at] ?? '');
  for (; other < right.length; other += 1) all.push(right[other] ?? '');
  return all;
}
