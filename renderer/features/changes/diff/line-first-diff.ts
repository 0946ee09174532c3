import { Change, diff, type DiffConfig } from '@codemirror/merge';

/** Texts beyond this are compared by lines first: by characters alone, one that is long would come out as a single hunk. */
const LINE_FIRST_CHARS = 1_000_000;
/** How many lines further on the texts may meet again. */
const REACH_LINES = 400;
/** So many equal lines in a row are no accident. */
const MEETING_LINES = 2;
const WITHIN: DiffConfig = { scanLimit: 500, timeout: 50 };

/** How the editor compares two texts: exactly where they are short, by lines and then within them where they are long. */
export function comparing(config: DiffConfig): DiffConfig {
  return {
    override: (a, b) => (Math.max(a.length, b.length) > LINE_FIRST_CHARS ? byLines(a, b) : diff(a, b, config)),
  };
}

function byLines(a: string, b: string): readonly Change[] {
  const [left, right] = [new Lines(a), new Lines(b)];
  const changes: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < left.count || j < right.count) {
    if (i < left.count && j < right.count && left.at(i) === right.at(j)) {
      i += 1;
      j += 1;
      continue;
    }
    const [nextI, nextJ] = meeting(left, right, { i, j });
    const [fromA, toA, fromB, toB] = [left.start(i), left.start(nextI), right.start(j), right.start(nextJ)];
    for (const each of diff(a.slice(fromA, toA), b.slice(fromB, toB), WITHIN)) {
      changes.push(new Change(each.fromA + fromA, each.toA + fromA, each.fromB + fromB, each.toB + fromB));
    }
    [i, j] = [nextI, nextJ];
  }
  return changes;
}

/** The nearest place from which both texts go on alike; their ends where there is none within reach. */
function meeting(left: Lines, right: Lines, { i, j }: { i: number; j: number }): readonly [number, number] {
  for (let reach = 1; reach <= REACH_LINES; reach += 1) {
    for (let di = 0; di <= reach; di += 1) {
      if (goOnAlike(left, right, { i: i + di, j: j + reach - di })) return [i + di, j + reach - di];
    }
    if (goOnAlike(left, right, { i: i + reach, j: j + reach })) return [i + reach, j + reach];
  }
  return [left.count, right.count];
}

function goOnAlike(left: Lines, right: Lines, { i, j }: { i: number; j: number }): boolean {
  if (i > left.count || j > right.count) return false;
  if (i === left.count || j === right.count) return i === left.count && j === right.count;
  for (let step = 0; step < MEETING_LINES; step += 1) {
    const [one, other] = [left.at(i + step), right.at(j + step)];
    if (one !== other) return false;
    if (one === undefined) return true;
  }
  return true;
}

/** The lines of a text, each with its break. */
class Lines {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
    if (this.#starts.at(-1) === text.length) this.#starts.pop();
  }

  get count(): number {
    return this.#starts.length;
  }

  /** Behind the last line, the end of the text. */
  start(line: number): number {
    return this.#starts[line] ?? this.#text.length;
  }

  at(line: number): string | undefined {
    return line < this.count ? this.#text.slice(this.start(line), this.start(line + 1)) : undefined;
  }
}
