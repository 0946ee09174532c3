import { diff3Merge } from 'node-diff3';

export type ThreeWay = { readonly clean: true; readonly bytes: Buffer } | { readonly clean: false };

const CONFLICT: ThreeWay = { clean: false };
/** Git's own test for a binary file: a NUL in its first 8,000 bytes. */
const BINARY_PROBE_BYTES = 8000;
export const THREE_WAY_LIMIT_BYTES = 4 * 1024 * 1024;
/** Pairs of equal lines, which the search for a common sequence walks through; some 50 ms. */
const WORK_LIMIT = 2_000_000;

export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, BINARY_PROBE_BYTES).includes(0);
}

/** Lines with their ends. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function pairsOfEqualLines(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of a) counts.set(line, (counts.get(line) ?? 0) + 1);
  return b.reduce((sum, line) => sum + (counts.get(line) ?? 0), 0);
}

/** Merges two changes of one text. What both sides changed in the same place, or next to each other, is a conflict: nothing is guessed. */
export function mergeThreeWay(base: Buffer, ours: Buffer, theirs: Buffer): ThreeWay {
  if (ours.equals(theirs)) return { clean: true, bytes: ours };
  if (base.equals(ours)) return { clean: true, bytes: theirs };
  if (base.equals(theirs)) return { clean: true, bytes: ours };
  if ([base, ours, theirs].some((each) => each.length > THREE_WAY_LIMIT_BYTES || isBinary(each))) return CONFLICT;
  // One character for each byte, so that nothing is lost on the way.
  const [oursLines, baseLines, theirLines] = [ours, base, theirs].map((side) => linesOf(side.toString('latin1')));
  const lines = [oursLines ?? [], baseLines ?? [], theirLines ?? []] as const;
  if (pairsOfEqualLines(lines[1], lines[0]) + pairsOfEqualLines(lines[1], lines[2]) > WORK_LIMIT) return CONFLICT;
  // Numbers in place of lines: quicker to compare, and no line can be mistaken for a property of an object.
  const spelled: string[] = [];
  const numbers = new Map<string, number>();
  const [a, o, b] = lines.map((side) =>
    side.map((line) => {
      const number = numbers.get(line) ?? spelled.push(line) - 1;
      numbers.set(line, number);
      return number;
    }),
  );
  const merged: string[] = [];
  for (const region of diff3Merge(a ?? [], o ?? [], b ?? [], { excludeFalseConflicts: true })) {
    if (region.ok === undefined) return CONFLICT;
    for (const number of region.ok) merged.push(spelled[number] ?? '');
  }
  return { clean: true, bytes: Buffer.from(merged.join(''), 'latin1') };
}
