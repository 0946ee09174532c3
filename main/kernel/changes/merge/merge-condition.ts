import type { SessionId } from '../../../../schema/entities.ts';
import type { Caller } from '../../dispatch/context.ts';
import type { Condition } from '../../dispatch/ports.ts';
import type { AutomaticMerges } from './automatic-merge.ts';
import type { Changes } from '../changes.ts';
import type { Reviews } from '../review/reviews.ts';

export interface MergeInput {
  readonly session: SessionId;
  readonly paths?: readonly string[];
  readonly dryRun?: boolean;
  readonly reviewed?: boolean;
}

export interface MergeConditionOptions {
  readonly automatic: AutomaticMerges;
  readonly reviews: Reviews;
}

/**
 * A merge that the policy allows goes through without a person only by the criteria for automatic merges; where they do
 * not hold it waits for one. The operator's own merge is a person's. What was judged is sealed, and nothing
 * else is merged.
 */
export function mergeCondition({ automatic, reviews }: MergeConditionOptions) {
  return async (input: MergeInput, caller: Caller, signal: AbortSignal): Promise<Condition | undefined> => {
    if (caller.actor === 'operator' || input.dryRun === true) return undefined;
    const { session, paths } = input;
    const review = input.reviewed === true ? await reviews.files(session) : undefined;
    const { criteria, seal } = await automatic.judgeMerge({ session, paths, review, signal });
    return {
      reasons: criteria.filter(({ ok }) => !ok).map(({ detail }) => detail),
      seal,
      data: {
        automatic: { criteria: criteria.map(({ name, ok }) => `${name}: ${ok ? 'yes' : 'no'}`), judgedSha256: seal },
      },
    };
  };
}

/** The caller of a merge that follows passed tests: the kernel, in the name of the operator who turned that on. */
export const AUTOMATIC_CALLER: Caller = {
  actor: 'kernel',
  tags: ['operator', 'automatic'],
  containerId: '',
  peerPid: 0,
};

/** True where a merge of all that is not set apart would do something. */
export async function hasChangesToMerge(changes: Changes, session: SessionId, signal: AbortSignal): Promise<boolean> {
  const listed = await changes.list({ session, signal });
  return listed.some((change) => change.ignored !== true && change.secret !== true);
}
