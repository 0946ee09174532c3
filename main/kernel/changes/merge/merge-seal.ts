import { toText } from '../files/byte-path.ts';
import { type FileState, digestOf, sha256Of } from '../files/file-state.ts';
import type { MergeStep } from './merge-journal.ts';

/** Names a state, to compare it with another later. */
export function stateName(state: FileState): string {
  const mode = 'mode' in state ? state.mode.toString(8) : '';
  return `${state.type} ${mode} ${digestOf(state) ?? '-'}`;
}

/** Names all that a merge finds and writes, modes too, by one digest: what was judged is what is merged when both have the same. */
export function mergeSeal(steps: readonly MergeStep[]): string {
  return sha256Of(
    steps.map(({ path, before, after }) => `${stateName(before)} ${stateName(after)} ${toText(path)}`).join('\n'),
  );
}
