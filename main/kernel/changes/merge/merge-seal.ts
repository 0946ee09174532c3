import { createHash } from 'node:crypto';
import { toText } from '../files/byte-path.ts';
import { type FileState, digestOf } from '../files/file-state.ts';
import { Pace } from '../pace.ts';
import type { MergeStep } from './merge-journal.ts';

/** Names a state, to compare it with another later. */
export function stateName(state: FileState): string {
  const mode = 'mode' in state ? state.mode.toString(8) : '';
  return `${state.type} ${mode} ${digestOf(state) ?? '-'}`;
}

/** Names all that a merge finds and writes, modes too, by one digest: what was judged is what is merged when both have the same. */
export async function mergeSeal(steps: readonly MergeStep[]): Promise<string> {
  const seal = createHash('sha256');
  const pace = new Pace();
  for (const [at, { path, before, after }] of steps.entries()) {
    if (pace.due) await pace.breathe();
    seal.update(`${at === 0 ? '' : '\n'}${stateName(before)} ${stateName(after)} ${toText(path)}`);
  }
  return seal.digest('hex');
}
