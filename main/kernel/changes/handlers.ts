import { createHash } from 'node:crypto';
import type { changes as changesArea, merge as mergeArea } from '../../../schema/contract/changes.ts';
import type { Handlers } from '../../../schema/contract/contract.ts';
import type { FileReview } from '../../../schema/contract/review.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Decision } from '../../../schema/policy.ts';
import type { Clock } from '../../base/clock.ts';
import type { CallContext } from '../dispatch/context.ts';
import { HeldTurn, KERNEL_PROFILE, type TakeTurn } from '../scheduler/turn.ts';
import type { AutomaticMerges } from './merge/automatic-merge.ts';
import { toText } from './files/byte-path.ts';
import { watchChanges } from './session/change-watch.ts';
import type { Changes, MergeSubject } from './changes.ts';
import { compareFile, compareStates } from './snapshots/comparison.ts';
import { sha256Of } from './files/file-state.ts';
import { exportToGit } from './git/git-export.ts';
import type { GitRepository } from './git/git-repository.ts';
import type { MergeOutcome, PathDigests, Refusal } from './merge/merge-outcome.ts';
import { eachPaced, mapPaced } from './pace.ts';
import type { Reviews } from './review/reviews.ts';
import type { TextWork } from './diff/text-operations.ts';

export interface ChangesHandlersOptions {
  readonly changes: Changes;
  readonly reviews: Reviews;
  readonly texts: TextWork;
  readonly clock: Clock;
  readonly repository: GitRepository;
}

export function changesHandlers(options: ChangesHandlersOptions): Handlers<typeof changesArea, CallContext> {
  const { changes, reviews, texts, clock, repository } = options;
  const now = (): number => clock.now();
  const comparing = { views: changes.views, now, texts };
  return {
    list: async (state, { signal }) => ({ changes: await changes.list({ ...state, signal }) }),
    watch: ({ session }, { signal }) => watchChanges({ views: changes.views, clock }, { session, signal }),
    diff: (file, { signal }) => changes.files.diff({ ...file, signal }),
    hunks: (file, { signal }) => changes.files.hunks({ ...file, signal }),
    read: (file, { signal }) => changes.files.read({ ...file, signal }),
    compare: async ({ with: other, ...state }, { signal }) => ({
      changes: await compareStates(comparing, [
        { ...state, signal },
        { ...other, signal },
      ]),
    }),
    compareFile: ({ with: other, path, ...state }, { signal }) =>
      compareFile(
        comparing,
        [
          { ...state, signal },
          { ...other, signal },
        ],
        path,
      ),
    discard: async ({ session, paths }, context) => {
      const discarded = await changes.discard({ session, paths, signal: context.signal });
      context.note({ session, data: { discarded: discarded.length } });
      return { discarded };
    },
    export: async ({ session, paths, reviewed }, context) => {
      const review = await reviewOf(reviews, { session, reviewed });
      const exported = await changes.exportPatch({ session, paths, review, signal: context.signal });
      context.note({ session, data: { patchSha256: sha256Of(exported.patch) } });
      return exported;
    },
    commit: async ({ reviewed, ...order }, context) => {
      const { session } = order;
      onlyOperator(context, order.folder, 'make a worktree in');
      const review = await reviewOf(reviews, { session, reviewed });
      const done = await exportToGit({ changes, repository, now }, { ...order, review, signal: context.signal });
      context.note({ session, data: { ref: done.ref, commit: done.commit, paths: done.committed.length } });
      return done;
    },
  };
}

interface Reviewed {
  readonly session: SessionId;
  readonly reviewed?: boolean | undefined;
}

/** What was decided, where it is asked for. */
async function reviewOf(
  reviews: Reviews,
  { session, reviewed }: Reviewed,
): Promise<ReadonlyMap<string, FileReview> | undefined> {
  return reviewed === true ? reviews.files(session) : undefined;
}

export interface MergeHandlersOptions {
  readonly changes: Changes;
  readonly reviews: Reviews;
  readonly automatic: AutomaticMerges;
  readonly repository: GitRepository;
  /** Waits until it is a merge's turn. */
  readonly takeTurn: TakeTurn;
  /** What the policy says to a merge, without doing it. */
  readonly judge: (merge: {
    readonly session: SessionId;
    readonly subjects: readonly MergeSubject[];
    readonly context: CallContext;
  }) => Promise<Decision>;
}

export function mergeHandlers(options: MergeHandlersOptions): Handlers<typeof mergeArea, CallContext> {
  const { changes, reviews, automatic, repository, judge, takeTurn } = options;
  return {
    apply: async ({ session, paths, dryRun, reviewed, into }, context) => {
      const { seal: judged } = context;
      onlyOperator(context, into, 'merge into');
      const mode = dryRun === true ? 'preview' : 'apply';
      const order = { kind: 'merge', session, effect: 'write', profile: KERNEL_PROFILE } as const;
      using turn = new HeldTurn(await takeTurn(order, context));
      const review = await reviewOf(reviews, { session, reviewed });
      const outcome = await changes.merge({ session, paths, review, into, mode, judged, signal: turn.signal });
      turn.done();
      const elsewhere = { ...(into === undefined ? {} : { into }), judgedSha256: outcome.seal };
      context.note({
        session,
        data: { mode, merge: outcome.id ?? '', ...elsewhere, ...(await digestData(outcome.digests)) },
      });
      return { act: context.act, ...(await reportOf(outcome)) };
    },
    judge: async ({ session, paths, reviewed, into }, context) => {
      const { signal } = context;
      onlyOperator(context, into, 'judge a merge into');
      const review = await reviewOf(reviews, { session, reviewed });
      const request = { session, paths, review, into, signal };
      const { outcome, subjects } = await changes.foresee(request);
      const decision = await judge({ session, subjects, context });
      return { report: await reportOf(outcome), decision, automatic: await automatic.judge(request, outcome) };
    },
    commits: ({ session }, context) =>
      changes.views.run({ session, signal: context.signal }, async ({ layer, written }) => {
        const { workspace } = layer;
        const refs = await repository.bring({ session, workspace, written, signal: context.signal });
        context.note({ session, data: { refs: refs.map(({ ref, commit }) => `${commit} ${ref}`) } });
        return { refs: [...refs] };
      }),
    conflict: (file, { signal }) => changes.files.conflict({ ...file, signal }),
    history: async ({ session }) => ({ merges: await changes.history(session) }),
    undo: async ({ session, merge }, context) => {
      const outcome = await changes.undo({ session, merge, signal: context.signal });
      context.note({ session, data: { merge: outcome.id ?? '', ...(await digestData(outcome.digests)) } });
      return { restored: await mapPaced(outcome.restored, toText), refused: await mapPaced(outcome.refused, shown) };
    },
  };
}

/** Only the person at the keyboard may name any folder of this machine. */
function onlyOperator({ caller }: CallContext, folder: string | undefined, act: string): void {
  if (folder === undefined || caller.actor === 'operator') return;
  throw new Fault('denied', `Cannot ${act} "${folder}": only the operator may name a folder of the machine`);
}

async function reportOf({ merged, conflicts, left, refused }: MergeOutcome) {
  return {
    merged: await mapPaced(merged, toText),
    conflicts: await mapPaced(conflicts, toText),
    left: await mapPaced(left, toText),
    refused: await mapPaced(refused, shown),
  };
}

function shown({ path, reason }: Refusal): { path: string; reason: string } {
  return { path: toText(path), reason };
}

/** A record is to stay small: beyond this the list is kept in the merge journal, and the record has its digest. */
const LISTED_FILES = 1000;

/** What an audit record says of the files: `before after path` for each, `-` where there was or is nothing. */
async function digestData(digests: readonly PathDigests[]): Promise<Record<string, unknown>> {
  const all = createHash('sha256');
  const files: string[] = [];
  let count = 0;
  const add = ({ path, before, after }: PathDigests): void => {
    const line = `${before ?? '-'} ${after ?? '-'} ${toText(path)}`;
    if (count < LISTED_FILES) files.push(line);
    all.update(count === 0 ? line : `\n${line}`);
    count += 1;
  };
  await eachPaced(digests, add);
  return { files, fileCount: count, filesSha256: all.digest('hex') };
}
