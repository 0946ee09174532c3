import { Change, diff, type DiffConfig } from '@codemirror/merge';
import { commonLength, LinesFrom } from './lines-from.ts';

/** Texts beyond this are compared by lines first: by characters alone, one that is long would come out as a single hunk. */
const LINE_FIRST_CHARS = 1_000_000;
/** How many lines further on every way in which the texts may meet again is looked at. */
const NEAR_LINES = 400;
/** How many lines further on a block that was put in or taken out may end. */
const FAR_LINES = 50_000;
/** So many equal lines in a row are no accident. */
const MEETING_LINES = 2;
const WITHIN: DiffConfig = { scanLimit: 500, timeout: 50 };

/** How the editor compares two texts: exactly where they are short, by lines and then within them where they are long. */
export function comparing(config: DiffConfig): DiffConfig {
  return {
    override: (a, b) =>
      behindEmptyLines(Math.max(a.length, b.length) > LINE_FIRST_CHARS ? byLines(a, b) : diff(a, b, config), { a, b }),
  };
}

/**
 * The component loses a line of what was only put in or taken out where both texts have an empty line there: it counts from
 * the next line on. Of equal empty lines in a row any may be the one that changed, so the last is told to be.
 */
function behindEmptyLines(
  changes: readonly Change[],
  { a, b }: { readonly a: string; readonly b: string },
): readonly Change[] {
  return changes.map((change, index) => {
    const nextA = changes[index + 1]?.fromA ?? a.length;
    if (change.fromA !== change.toA && change.fromB !== change.toB) return change;
    let by = 0;
    while (
      change.toA + by < nextA &&
      isEmptyLine(a, change.fromA + by) &&
      isEmptyLine(b, change.fromB + by) &&
      a[change.toA + by] === '\n' &&
      b[change.toB + by] === '\n'
    ) {
      by += 1;
    }
    if (by === 0) return change;
    return new Change(change.fromA + by, change.toA + by, change.fromB + by, change.toB + by);
  });
}

function isEmptyLine(text: string, at: number): boolean {
  return text[at] === '\n' && (at === 0 || text[at - 1] === '\n');
}

/** Where one is in both texts. */
interface Place {
  readonly a: number;
  readonly b: number;
}

function byLines(a: string, b: string): readonly Change[] {
  const changes: Change[] = [];
  let at = passed(a, b, { a: 0, b: 0 });
  while (at.a < a.length || at.b < b.length) {
    const next = meeting(a, b, at);
    for (const each of diff(a.slice(at.a, next.a), b.slice(at.b, next.b), WITHIN)) {
      changes.push(new Change(each.fromA + at.a, each.toA + at.a, each.fromB + at.b, each.toB + at.b));
    }
    at = passed(a, b, next);
  }
  return changes;
}

/** Behind the lines that are equal from here on. */
function passed(a: string, b: string, from: Place): Place {
  const length = commonLength(a, b, from);
  if (from.a + length === a.length && from.b + length === b.length) return { a: a.length, b: b.length };
  const lines = length === 0 ? 0 : Math.max(0, a.lastIndexOf('\n', from.a + length - 1) + 1 - from.a);
  return { a: from.a + lines, b: from.b + lines };
}

/** The nearest place from which both texts go on alike; their ends where there is none within reach. */
function meeting(a: string, b: string, from: Place): Place {
  const left = new LinesFrom(a, from.a);
  const right = new LinesFrom(b, from.b);
  const [i, j] = near(left, right) ?? far(left, right) ?? [];
  return i === undefined || j === undefined
    ? { a: a.length, b: b.length }
    : { a: left.start(i) ?? a.length, b: right.start(j) ?? b.length };
}

type Steps = readonly [left: number, right: number];

function near(left: LinesFrom, right: LinesFrom): Steps | undefined {
  for (let reach = 1; reach <= NEAR_LINES; reach += 1) {
    for (let i = 0; i <= reach; i += 1) {
      if (goOnAlike(left, right, [i, reach - i])) return [i, reach - i];
    }
    if (goOnAlike(left, right, [reach, reach])) return [reach, reach];
  }
  return undefined;
}

/** By the first of the meeting lines only; of lines that come often, the first place counts. */
function far(left: LinesFrom, right: LinesFrom): Steps | undefined {
  const places = new Map<string, number>();
  for (let j = 0; j < FAR_LINES; j += 1) {
    const line = right.at(j);
    if (line === undefined) break;
    if (!places.has(line)) places.set(line, j);
  }
  let nearest: Steps | undefined;
  for (let i = 0; i < (nearest === undefined ? FAR_LINES : nearest[0] + nearest[1]); i += 1) {
    const line = left.at(i);
    if (line === undefined) break;
    const j = places.get(line);
    const isNearer = j !== undefined && (nearest === undefined || i + j < nearest[0] + nearest[1]);
    if (isNearer && goOnAlike(left, right, [i, j])) nearest = [i, j];
  }
  return nearest;
}

function goOnAlike(left: LinesFrom, right: LinesFrom, [i, j]: Steps): boolean {
  if (left.start(i) === undefined || right.start(j) === undefined) return false;
  for (let step = 0; step < MEETING_LINES; step += 1) {
    const [one, other] = [left.at(i + step), right.at(j + step)];
    if (one !== other) return false;
    if (one === undefined) return true;
  }
  return true;
}
