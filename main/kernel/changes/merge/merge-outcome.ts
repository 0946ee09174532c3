import type { BytePath } from '../files/byte-path.ts';
import { digestOf } from '../files/file-state.ts';
import { eachPaced, filterPaced, mapPaced } from '../pace.ts';
import type { MergeStep, SkippedStep } from './merge-journal.ts';
import type { MergePlan } from './merge-plan.ts';
import { mergeSeal } from './merge-seal.ts';
import type { Selection } from './merge-selection.ts';

/** One path of a merge or an undo as the audit log has it; null where there was or is nothing. */
export interface PathDigests {
  readonly path: BytePath;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Refusal {
  readonly path: BytePath;
  readonly reason: string;
}

export interface MergeOutcome {
  /** Names the record in the journal; undefined when nothing was to be done. */
  readonly id: string | undefined;
  readonly merged: readonly BytePath[];
  readonly conflicts: readonly BytePath[];
  readonly left: readonly BytePath[];
  readonly refused: readonly Refusal[];
  readonly digests: readonly PathDigests[];
  /** Names what was to be written (`mergeSeal`). */
  readonly seal: string;
  /** Where the workspace will not be as the session is: both sides combined, edited in the review, or left although not ignored. */
  readonly untested: readonly BytePath[];
}

export interface UndoOutcome {
  readonly id: string | undefined;
  readonly restored: readonly BytePath[];
  readonly refused: readonly Refusal[];
  readonly digests: readonly PathDigests[];
}

const REASON: Record<SkippedStep['why'], string> = {
  changed: 'the workspace changed at this path while it was written',
  forbidden: 'the operator may not write there',
  blocked: 'something is in its way in the workspace',
  unstable: 'the session changed it while it was merged',
  lost: 'what is to be written there is not kept any more',
};

export function refusedSteps(skipped: readonly SkippedStep[]): Promise<Refusal[]> {
  return mapPaced(skipped, ({ path, why }) => ({ path, reason: REASON[why] }));
}

export function digestsOf(steps: readonly MergeStep[]): Promise<readonly PathDigests[]> {
  return mapPaced(steps, ({ path, before, after }) => ({ path, before: digestOf(before), after: digestOf(after) }));
}

export interface OutcomeParts {
  readonly selection: Selection;
  readonly plan: MergePlan;
  readonly skipped: readonly SkippedStep[];
  readonly steps: readonly MergeStep[];
  readonly id: string | undefined;
}

/** What became of each change, once; and of what the merge wrote besides. */
export async function toOutcome({ selection, plan, skipped, steps, id }: OutcomeParts): Promise<MergeOutcome> {
  const undone = new Map(skipped.map((step) => [step.path, step]));
  const merged: BytePath[] = [];
  const conflicts = [...plan.conflicts];
  const failed: SkippedStep[] = [];
  await eachPaced(plan.taken, ({ item: { path } }) => {
    const step = undone.get(path);
    if (step === undefined) merged.push(path);
    // What the operator wrote at the last moment is a conflict like one that was seen earlier.
    else if (step.why === 'changed') conflicts.push(path);
    else failed.push(step);
  });
  const combined = await filterPaced(plan.taken, ({ source }) => source.from === 'bytes');
  const unmerged = await filterPaced(selection.left, (item) => !item.ignored);
  return {
    id,
    merged,
    conflicts,
    left: await mapPaced(selection.left, (item) => item.path),
    refused: [...plan.refused, ...(await refusedSteps(failed))],
    digests: await digestsOf(await filterPaced(steps, (step) => !undone.has(step.path))),
    seal: await mergeSeal(steps),
    untested: [...combined.map(({ item }) => item.path), ...(await mapPaced(unmerged, (item) => item.path))],
  };
}
