import { Fault } from '../../../../schema/fault.ts';
import { toText } from '../files/byte-path.ts';
import type { Content } from '../files/content.ts';
import type { ContentStore } from '../files/content-store.ts';
import { digestOf } from '../files/file-state.ts';
import type { FileTree } from '../files/file-tree.ts';
import { readTroubleOf } from '../files/read-trouble.ts';
import { Pace } from '../pace.ts';
import type { SessionView, SessionViewPorts } from '../session/session-view.ts';
import type { MergeContents } from './merge-decision.ts';
import type { MergeStep } from './merge-journal.ts';
import type { MergePlan, TakenChange } from './merge-plan.ts';

/** A session's change set and the folder it is merged into; `into` is set where that is not the workspace. */
export interface MergeView extends SessionView {
  readonly into?: string;
}

/** The contents of a view's three sides. */
export function contentsOf(
  { contents, texts }: Pick<SessionViewPorts, 'contents' | 'texts'>,
  view: MergeView,
): MergeContents {
  return {
    base: (state) => contents.of(view.layer.session).get(digestOf(state) ?? ''),
    current: (path) => view.workspace.content(path),
    after: (path) => view.written.content(path),
    texts,
  };
}

/** Undo takes the old content from the store; it is on the disk before anything is replaced. Throws `merge_busy`. */
export async function keepOld(
  contents: ContentStore,
  view: MergeView,
  { steps, signal }: { readonly steps: readonly MergeStep[]; readonly signal: AbortSignal },
): Promise<void> {
  const pace = new Pace(signal);
  for (const { path, before } of steps) {
    if (pace.due) await pace.breathe();
    if (before.type !== 'file' || (await contents.has(before.sha256))) continue;
    if ((await keptNow(contents, view.workspace, path)) === before.sha256) continue;
    throw new Fault('merge_busy', `Cannot merge: "${toText(path)}" is being written in the workspace`, {
      fix: 'Wait until nothing writes there any more and merge again.',
      retryable: true,
    });
  }
  await contents.sync();
}

/** The digest of what is kept; undefined where it went meanwhile. */
async function keptNow(contents: ContentStore, tree: FileTree, path: MergeStep['path']): Promise<string | undefined> {
  try {
    return await contents.put(await tree.content(path));
  } catch (error) {
    if (readTroubleOf(error) === undefined) throw error;
    return undefined;
  }
}

/** What the rest of a change is judged against from then on. */
export async function keepParts(contents: ContentStore, plan: MergePlan): Promise<void> {
  const pace = new Pace();
  for (const { part } of plan.taken) {
    if (pace.due) await pace.breathe();
    if (part) await contents.put(part.bytes);
  }
  await contents.sync();
}

/** What a step writes: the session's file, or bytes that only now came to be. */
export async function sourceContent(written: FileTree, change: TakenChange | undefined): Promise<Content> {
  if (!change) throw new Error('A step without a change has no content');
  return change.source.from === 'bytes' ? change.source.bytes : written.content(change.source.path);
}
