/** Two texts, their lines as numbers: equal lines have the same number. */
export interface NumberedTexts {
  readonly before: Int32Array;
  readonly after: Int32Array;
}

export interface ChangedLines {
  /** By line of the text before: 1 where it is gone. */
  readonly removed: Uint8Array;
  /** By line of the text after: 1 where it is new. */
  readonly added: Uint8Array;
  /** False where the smallest difference was not looked for to the end. */
  readonly exact: boolean;
}

/** What both texts have in a part of them; `thorough` where the smallest difference is wanted whatever it costs. */
interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
  readonly thorough: boolean;
}

/** Where a box is cut in two, and in which part the way to the cut is known to be the shortest. */
interface Cut {
  readonly x: number;
  readonly y: number;
  readonly isBest: { readonly first: boolean; readonly last: boolean };
}

/** A run of equal lines that is long enough to be no chance. */
const SNAKE_LINES = 20;
/** With fewer edits a run of equal lines is no reason to stop looking. */
const PATIENCE_EDITS = 256;
const RUN_FACTOR = 4;
const FAR = 0x7fffffff;

/** A power of two near the square root. */
export function roughRoot(value: number): number {
  let root = 1;
  for (let left = value; left > 0; left >>= 2) root *= 2;
  return root;
}

/**
 * The lines in which two texts differ: the search of Myers from both ends at once ("An O(ND) Difference Algorithm and Its
 * Variations", 1986, section 4b), in memory proportional to the lines. It makes the choices that git makes, so that both
 * name the same lines: diagonals are gone through from the highest down, an insertion is preferred where both are as good,
 * and a box that needs more edits than the root of its size is cut at the best place that was come to.
 * @param stepLimit lines looked at; what lies in boxes that were not come to by then is all changed
 */
export function searchEdits({ before, after }: NumberedTexts, stepLimit: number): ChangedLines {
  const search = new EditSearch(before, after, stepLimit);
  search.run();
  const { removed, added, exact } = search;
  return { removed, added, exact };
}

class EditSearch {
  readonly removed: Uint8Array;
  readonly added: Uint8Array;
  exact = true;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  /** By diagonal: how far a way from the beginning, and one from the end, came on it. */
  readonly #forward: Int32Array;
  readonly #backward: Int32Array;
  /** Where the diagonal 0 lies in both. */
  readonly #origin: number;
  readonly #editLimit: number;
  #stepsLeft: number;

  constructor(before: Int32Array, after: Int32Array, stepLimit: number) {
    this.#before = before;
    this.#after = after;
    this.#stepsLeft = stepLimit;
    this.removed = new Uint8Array(before.length);
    this.added = new Uint8Array(after.length);
    const diagonals = before.length + after.length + 3;
    this.#forward = new Int32Array(diagonals + 1);
    this.#backward = new Int32Array(diagonals + 1);
    this.#origin = after.length + 1;
    this.#editLimit = Math.max(roughRoot(diagonals), PATIENCE_EDITS);
  }

  run(): void {
    const { length: right } = this.#before;
    const { length: bottom } = this.#after;
    const waiting: Box[] = [{ left: 0, right, top: 0, bottom, thorough: false }];
    for (let box = waiting.pop(); box !== undefined; box = waiting.pop()) {
      this.#narrow(box);
      const { left, top } = box;
      if (left < box.right && top < box.bottom && this.#stepsLeft > 0) {
        const { x, y, isBest } = this.#cut(box);
        waiting.push({ left: x, right: box.right, top: y, bottom: box.bottom, thorough: isBest.last });
        waiting.push({ left, right: x, top, bottom: y, thorough: isBest.first });
        continue;
      }
      if (left < box.right && top < box.bottom) this.exact = false;
      this.removed.fill(1, left, box.right);
      this.added.fill(1, top, box.bottom);
    }
  }

  /** Leaves out what is equal at both ends. */
  #narrow(box: Box): void {
    const [before, after] = [this.#before, this.#after];
    const { left, right } = box;
    while (box.left < box.right && box.top < box.bottom && before[box.left] === after[box.top]) {
      box.left++;
      box.top++;
    }
    while (box.left < box.right && box.top < box.bottom && before[box.right - 1] === after[box.bottom - 1]) {
      box.right--;
      box.bottom--;
    }
    this.#stepsLeft -= 1 + box.left - left + right - box.right;
  }

  #cut(box: Box): Cut {
    const forward = new Ways(this.#forward, this.#origin, { box, diagonal: box.left - box.top, from: box.left });
    const backward = new Ways(this.#backward, this.#origin, { box, diagonal: box.right - box.bottom, from: box.right });
    const isOdd = ((forward.lowest - backward.lowest) & 1) !== 0;
    for (let edits = 1; ; edits++) {
      const hadRun = { forward: false, backward: false };
      forward.widen(-1);
      const met = this.#advance(box, { forward, meet: isOdd ? backward : undefined, hadRun });
      if (met) return met;
      backward.widen(FAR);
      const metBack = this.#retreat(box, { backward, meet: isOdd ? undefined : forward, hadRun });
      if (metBack) return metBack;
      this.#stepsLeft -= forward.highest - forward.lowest + 2;
      if (box.thorough && this.#stepsLeft > 0) continue;
      if ((hadRun.forward || hadRun.backward) && edits > PATIENCE_EDITS && !box.thorough) {
        const promising = this.#promising(box, { forward, backward, edits });
        if (promising) return promising;
      }
      if (edits >= this.#editLimit || this.#stepsLeft <= 0) return this.#furthest(box, forward, backward);
    }
  }

  /** One more edit from the beginning. */
  #advance(
    { right, bottom }: Box,
    { forward, meet, hadRun }: { forward: Ways; meet: Ways | undefined; hadRun: { forward: boolean } },
  ): Cut | undefined {
    const [before, after, ends, origin] = [this.#before, this.#after, forward.ends, this.#origin];
    for (let diagonal = forward.highest; diagonal >= forward.lowest; diagonal -= 2) {
      const [below, above] = [ends[origin + diagonal - 1] ?? 0, ends[origin + diagonal + 1] ?? 0];
      const start = below >= above ? below + 1 : above;
      let x = start;
      let y = x - diagonal;
      while (x < right && y < bottom && before[x] === after[y]) {
        x++;
        y++;
      }
      if (x - start > SNAKE_LINES) hadRun.forward = true;
      this.#stepsLeft -= x - start;
      ends[origin + diagonal] = x;
      if (meet?.has(diagonal) && (meet.ends[origin + diagonal] ?? 0) <= x) {
        return { x, y, isBest: { first: true, last: true } };
      }
    }
    return undefined;
  }

  /** One more edit from the end. */
  #retreat(
    { left, top }: Box,
    { backward, meet, hadRun }: { backward: Ways; meet: Ways | undefined; hadRun: { backward: boolean } },
  ): Cut | undefined {
    const [before, after, ends, origin] = [this.#before, this.#after, backward.ends, this.#origin];
    for (let diagonal = backward.highest; diagonal >= backward.lowest; diagonal -= 2) {
      const [below, above] = [ends[origin + diagonal - 1] ?? 0, ends[origin + diagonal + 1] ?? 0];
      const start = below < above ? below : above - 1;
      let x = start;
      let y = x - diagonal;
      while (x > left && y > top && before[x - 1] === after[y - 1]) {
        x--;
        y--;
      }
      if (start - x > SNAKE_LINES) hadRun.backward = true;
      this.#stepsLeft -= start - x;
      ends[origin + diagonal] = x;
      if (meet?.has(diagonal) && x <= (meet.ends[origin + diagonal] ?? 0)) {
        return { x, y, isBest: { first: true, last: true } };
      }
    }
    return undefined;
  }

  /** A way that has come far for its edits and ends in a long run of equal lines is taken for the right one. */
  #promising(
    { left, right, top, bottom }: Box,
    { forward, backward, edits }: { forward: Ways; backward: Ways; edits: number },
  ): Cut | undefined {
    let best = 0;
    let cut: { x: number; y: number } | undefined;
    for (let diagonal = forward.highest; diagonal >= forward.lowest; diagonal -= 2) {
      const x = forward.ends[this.#origin + diagonal] ?? 0;
      const y = x - diagonal;
      const come = x - left + y - top - Math.abs(diagonal - forward.first);
      const isInside = left + SNAKE_LINES <= x && x < right && top + SNAKE_LINES <= y && y < bottom;
      if (come <= RUN_FACTOR * edits || come <= best || !isInside) continue;
      if (this.#isRun(x - SNAKE_LINES, y - SNAKE_LINES)) [best, cut] = [come, { x, y }];
    }
    if (cut) return this.#guess(cut, 'first');
    for (let diagonal = backward.highest; diagonal >= backward.lowest; diagonal -= 2) {
      const x = backward.ends[this.#origin + diagonal] ?? 0;
      const y = x - diagonal;
      const come = right - x + bottom - y - Math.abs(diagonal - backward.first);
      const isInside = left < x && x <= right - SNAKE_LINES && top < y && y <= bottom - SNAKE_LINES;
      if (come <= RUN_FACTOR * edits || come <= best || !isInside) continue;
      if (this.#isRun(x, y)) [best, cut] = [come, { x, y }];
    }
    return cut && this.#guess(cut, 'last');
  }

  #isRun(x: number, y: number): boolean {
    for (let line = 0; line < SNAKE_LINES; line++) if (this.#before[x + line] !== this.#after[y + line]) return false;
    return true;
  }

  /** The end of the way that came furthest, from either side. */
  #furthest({ left, right, top, bottom }: Box, forward: Ways, backward: Ways): Cut {
    let [most, mostX] = [-1, -1];
    for (let diagonal = forward.highest; diagonal >= forward.lowest; diagonal -= 2) {
      const x = Math.min(forward.ends[this.#origin + diagonal] ?? 0, right, bottom + diagonal);
      if (x + x - diagonal > most) [most, mostX] = [x + x - diagonal, x];
    }
    let [least, leastX] = [FAR, FAR];
    for (let diagonal = backward.highest; diagonal >= backward.lowest; diagonal -= 2) {
      const x = Math.max(backward.ends[this.#origin + diagonal] ?? 0, left, top + diagonal);
      if (x + x - diagonal < least) [least, leastX] = [x + x - diagonal, x];
    }
    if (right + bottom - least < most - left - top) return this.#guess({ x: mostX, y: most - mostX }, 'first');
    return this.#guess({ x: leastX, y: least - leastX }, 'last');
  }

  #guess({ x, y }: { readonly x: number; readonly y: number }, best: 'first' | 'last'): Cut {
    this.exact = false;
    return { x, y, isBest: { first: best === 'first', last: best === 'last' } };
  }
}

/** How far the ways from one corner of a box came, on each of the diagonals that they can have reached. */
class Ways {
  readonly ends: Int32Array;
  readonly first: number;
  lowest: number;
  highest: number;
  readonly #origin: number;
  readonly #least: number;
  readonly #most: number;

  constructor(
    ends: Int32Array,
    origin: number,
    { box, diagonal, from }: { readonly box: Box; readonly diagonal: number; readonly from: number },
  ) {
    this.ends = ends;
    this.#origin = origin;
    this.first = diagonal;
    this.lowest = diagonal;
    this.highest = diagonal;
    this.#least = box.left - box.bottom;
    this.#most = box.right - box.top;
    ends[origin + diagonal] = from;
  }

  /** One diagonal more on each side, as far as there are any; `nothing` stands on those beyond. */
  widen(nothing: number): void {
    if (this.lowest > this.#least) this.ends[this.#origin + --this.lowest - 1] = nothing;
    else this.lowest++;
    if (this.highest < this.#most) this.ends[this.#origin + ++this.highest + 1] = nothing;
    else this.highest--;
  }

  has(diagonal: number): boolean {
    return this.lowest <= diagonal && diagonal <= this.highest;
  }
}
