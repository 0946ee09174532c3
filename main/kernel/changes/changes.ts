import type { MergeEntry } from '../../../schema/contract/changes.ts';
import type { FileReview } from '../../../schema/contract/review.ts';
import type { Change, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { type BytePath, toText } from './files/byte-path.ts';
import { type ChangeItem, toChange } from './listing/change-item.ts';
import { ChangedFiles, type FileDiff, type FileRequest, baseContent } from './changed-files.ts';
import type { Content } from './files/content.ts';
import { viewElsewhere } from './merge/elsewhere-view.ts';
import { ABSENT, digestOf, sizeOf } from './files/file-state.ts';
import type { LayerEditor } from './listing/layer-editor.ts';
import { mergeHistory } from './merge/merge-history.ts';
import type { MergeView } from './merge/merge-contents.ts';
import type { MergeOutcome, UndoOutcome } from './merge/merge-outcome.ts';
import { Merger, type MergerPorts } from './merge/merger.ts';
import { type Wanted, selectChanges, selectWanted } from './merge/merge-selection.ts';
import { eachPaced, mapPaced } from './pace.ts';
import { exportPatch } from './patch/patch-export.ts';
import { answeredItems } from './review/review-answer.ts';
import type { SessionMemory, SessionView } from './session/session-view.ts';
import { SessionViews, type SessionViewsOptions, type ViewRequest, type ViewWork } from './session/session-views.ts';

export interface ChangesOptions extends MergerPorts, SessionViewsOptions {
  readonly editor: LayerEditor;
}

/** What a call is about and what ends it early. */
export interface ChangesRequest extends ViewRequest {
  /** As the list shows them; a folder stands for what is below it. */
  readonly paths?: readonly string[] | undefined;
}

/** What a merge takes, and where it goes. */
export interface MergeRequest extends ChangesRequest {
  /** What was decided, by path: only what it takes is merged. */
  readonly review?: ReadonlyMap<string, FileReview> | undefined;
  /** Another folder than the session's workspace. */
  readonly into?: string | undefined;
  /** The seal of what was judged: throws `merge_stale` where something else would be merged. */
  readonly judged?: string | undefined;
}

/** What changed, by kind: paths as `cavern run` prints them. */
export interface ChangeSummary {
  readonly added: string[];
  readonly modified: string[];
  readonly deleted: string[];
  readonly renamed: { readonly from: string; readonly path: string }[];
}

/** One file that a merge would write or remove, for the policy to judge. */
export interface MergeSubject {
  readonly syscall: 'merge.apply';
  readonly path: string;
  readonly size: number;
}

/** What sessions changed, and the only way of it out of a sandbox. */
export class Changes {
  readonly #options: ChangesOptions;
  readonly #merger: Merger;
  /** What is read of sessions, for whoever else reads it. */
  readonly views: SessionViews;
  /** One changed file at a time, looked at closely. */
  readonly files: ChangedFiles;

  constructor(options: ChangesOptions) {
    this.#options = options;
    this.#merger = new Merger(options);
    this.views = new SessionViews(options);
    this.files = new ChangedFiles(options, this.views);
  }

  /** In byte order of the paths. Throws `not_found`, `workspace_invalid`, `disk_full`. */
  async list(request: ChangesRequest): Promise<Change[]> {
    return this.views.run(request, (view) => mapPaced(view.set.items, toChange, request.signal));
  }

  async summary(request: ChangesRequest): Promise<ChangeSummary> {
    const changes = await this.list(request);
    const of = (kind: Change['kind']): string[] =>
      changes.filter((each) => each.kind === kind).map((each) => each.path);
    const renamed = changes.flatMap((each) => (each.from === undefined ? [] : { from: each.from, path: each.path }));
    return { added: of('added'), modified: of('modified'), deleted: of('deleted'), renamed };
  }

  /** `current` is there where the operator has something else than the session began with. Throws `not_found`. */
  diff(request: FileRequest): Promise<FileDiff> {
    return this.files.diff(request);
  }

  /** Throws `not_found`, `workspace_invalid`, `merge_busy`, `merge_stale`, `disk_full`. */
  async merge(request: MergeRequest & { readonly mode: 'apply' | 'preview' }): Promise<MergeOutcome> {
    const { signal, mode, judged } = request;
    return this.#mergeView(request, (view, memory, wanted) =>
      mode === 'preview'
        ? this.#merger.preview(view, wanted, signal)
        : this.#merger.apply(view, { ...wanted, memory, judged, signal }),
    );
  }

  /** Restores what the last merge of the session replaced, or the merge that is named. Throws `nothing_to_undo`, `merge_busy`, `disk_full`. */
  async undo(request: ChangesRequest & { readonly merge?: string | undefined }): Promise<UndoOutcome> {
    const { session, signal, merge } = request;
    return this.views.alone(session, (memory) => this.#merger.undo(session, { memory, merge, signal }));
  }

  /** The newest first; of one session, or of all. */
  async history(session: SessionId | undefined): Promise<MergeEntry[]> {
    return mergeHistory(await this.#options.journal.entries(), session);
  }

  /** Gives the paths that were taken back. Throws `session_running`: a mounted layer must not be touched. */
  async discard(request: ChangesRequest): Promise<string[]> {
    const { session, paths } = request;
    if (this.#options.layers.isRunning(session)) {
      throw new Fault('session_running', `Cannot discard changes of session "${session}": it is running`, {
        why: 'What a running sandbox sees must not be taken away under it.',
        fix: 'Stop the session, discard, and resume it.',
      });
    }
    const take: ViewWork<string[]> = async (view) => {
      const chosen = paths === undefined ? view.set.items : (await selectChanges(view.set, paths)).chosen;
      const touched = chosen.flatMap((item) => (item.from === undefined ? [item.path] : [item.path, item.from]));
      // A copy is the workspace itself but for what changed; an overlay holds nothing else.
      const everything = paths === undefined && view.layer.strategy === 'overlay';
      if (everything) await this.#options.editor.clear(view.layer);
      else await this.#options.editor.restore(view.layer, touched);
      return mapPaced(chosen, (item) => toText(item.path), request.signal);
    };
    // It is a way to make room, so it needs none.
    return this.views.run(request, take, 'nothing');
  }

  /** What git applies; ignored and secret-looking files are in it only when they are named. */
  async exportPatch(request: MergeRequest): Promise<{ patch: string; left: string[] }> {
    return this.withChosen(request, async ({ view, items, left: others, contentOf }) => {
      const before = (item: ChangeItem) => baseContent(this.#options, view, item);
      const { patch, left } = await exportPatch(
        items,
        { before, after: contentOf, texts: this.#options.texts },
        request.signal,
      );
      return { patch, left: [...left, ...others].map(toText) };
    });
  }

  /** The changes that are meant, as the review has them where it is asked for, for what is made of them outside of the workspace. */
  async withChosen<T>(request: MergeRequest, work: (chosen: ChosenChanges) => Promise<T>): Promise<T> {
    return this.views.run(request, async (view) => {
      const wanted = await wantedOf(view, request);
      const selection = await selectWanted(view.set, wanted);
      const { items, bytes, refused } = await answeredItems(
        selection.chosen,
        wanted.answers,
        this.#merger.contentsOf(view),
      );
      const left = [...selection.left.map((item) => item.path), ...refused];
      const contentOf = async (item: ChangeItem) => bytes.get(item.path) ?? view.written.content(item.path);
      return work({ view, items, left, contentOf });
    });
  }

  /** The subjects of a merge: each path that it would write or remove. */
  async mergeSubjects(request: MergeRequest): Promise<MergeSubject[]> {
    return this.views.run(request, async (view) => subjectsOf(view, await wantedOf(view, request), request.signal));
  }

  /** What a merge would do, and its subjects, at one look. */
  async foresee(request: MergeRequest): Promise<{ outcome: MergeOutcome; subjects: MergeSubject[] }> {
    const { signal } = request;
    return this.#mergeView(request, async (view, _memory, wanted) => ({
      outcome: await this.#merger.preview(view, wanted, signal),
      subjects: await subjectsOf(view, wanted, signal),
    }));
  }

  /** To be called once at the start, before anything else is merged. */
  async resumeInterrupted(): Promise<void> {
    await this.#merger.resumeInterrupted();
  }

  /** To be called when a session is removed: what was kept of it goes, and its merges can no longer be undone. */
  async forget(session: SessionId): Promise<void> {
    await this.views.alone(session, async () => {
      this.views.reset(session);
      await this.#merger.forget(session);
    });
  }

  async #mergeView<T>(
    request: MergeRequest,
    work: (view: MergeView, memory: SessionMemory, wanted: Wanted) => Promise<T>,
  ): Promise<T> {
    const { into: folder, signal } = request;
    return this.views.run(request, async (view, memory) => {
      const wanted = await wantedOf(view, request);
      if (folder === undefined || folder === view.layer.workspace) return work(view, memory, wanted);
      using elsewhere = await viewElsewhere(this.#options, { view, folder, signal });
      return await work(elsewhere, memory, wanted);
    });
  }
}

/** Changes that are meant, and what they become. */
export interface ChosenChanges {
  readonly view: SessionView;
  readonly items: readonly ChangeItem[];
  /** Not meant, or decided on when they were different. */
  readonly left: readonly BytePath[];
  readonly contentOf: (item: ChangeItem) => Promise<Content>;
}

async function subjectsOf({ set }: SessionView, wanted: Wanted, signal: AbortSignal): Promise<MergeSubject[]> {
  const { chosen } = await selectWanted(set, wanted);
  const subjects: MergeSubject[] = [];
  const add = (item: ChangeItem): void => {
    subjects.push({ syscall: 'merge.apply', path: toText(item.path), size: sizeOf(item.after) });
    if (item.from !== undefined) subjects.push({ syscall: 'merge.apply', path: toText(item.from), size: 0 });
  };
  await eachPaced(chosen, add, signal);
  return subjects;
}

/** What was decided on, as far as it still says what is meant: hunks count in the lines that there were then. */
async function wantedOf(view: SessionView, { paths, review, signal }: MergeRequest): Promise<Wanted> {
  if (review === undefined) return { paths };
  const answers = new Map<BytePath, FileReview>();
  const add = (item: ChangeItem): void => {
    const file = review.get(toText(item.path));
    if (file === undefined) return;
    const counted = file.verdict === 'hunks' ? file.baseSha256 : undefined;
    if (counted === undefined || counted === digestOf(item.base ?? ABSENT)) answers.set(item.path, file);
  };
  await eachPaced(view.set.items, add, signal);
  return { paths, answers };
}
