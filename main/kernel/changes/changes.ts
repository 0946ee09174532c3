import type { DiffSide } from '../../../schema/contract/changes.ts';
import type { Change, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { toText } from './byte-path.ts';
import { type ChangeItem, type ChangeSet, toChange } from './change-item.ts';
import type { Content } from './content.ts';
import { toDiffSide } from './diff-side.ts';
import { type FileState, sameState, sizeOf } from './file-state.ts';
import { KeyedQueue } from './keyed-queue.ts';
import type { LayerEditor } from './layer-editor.ts';
import { type MergeOutcome, Merger, type MergerPorts, type UndoOutcome } from './merger.ts';
import { selectChanges } from './merge-selection.ts';
import { exportPatch } from './patch-export.ts';
import {
  type SessionLayers,
  type SessionMemory,
  type SessionView,
  newMemory,
  openItemView,
  openSessionView,
} from './session-view.ts';

export interface ChangesOptions extends MergerPorts {
  readonly layers: SessionLayers;
  readonly editor: LayerEditor;
}

/** What a call is about and what ends it early. */
export interface ChangesRequest {
  readonly session: SessionId;
  /** As the list shows them; a folder stands for what is below it. */
  readonly paths?: readonly string[] | undefined;
  readonly signal: AbortSignal;
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
  readonly #memories = new Map<SessionId, SessionMemory>();
  readonly #queue = new KeyedQueue();

  constructor(options: ChangesOptions) {
    this.#options = options;
    this.#merger = new Merger(options);
  }

  /** In byte order of the paths. Throws `not_found`, `workspace_invalid`. */
  async list(request: ChangesRequest): Promise<Change[]> {
    return this.#view(request, async (view) => view.set.items.map(toChange));
  }

  async summary(request: ChangesRequest): Promise<ChangeSummary> {
    const changes = await this.list(request);
    const of = (kind: Change['kind']): string[] =>
      changes.filter((each) => each.kind === kind).map((each) => each.path);
    const renamed = changes.flatMap((each) => (each.from === undefined ? [] : { from: each.from, path: each.path }));
    return { added: of('added'), modified: of('modified'), deleted: of('deleted'), renamed };
  }

  /** `current` is there where the operator has something else than the session began with. Throws `not_found`. */
  async diff(request: ChangesRequest & { readonly path: string }): Promise<FileDiff> {
    const { session, path } = request;
    const itemIn = (set: ChangeSet): ChangeItem | undefined => set.items.find((each) => toText(each.path) === path);
    const quick = await this.#queue.run(session, async () => {
      const memory = this.#memory(session);
      const item = memory.last && itemIn(memory.last);
      if (item === undefined) return undefined;
      const layer = await this.#options.layers.layer(session);
      using view = await openItemView(this.#options, layer, { memory, item });
      return view && (await this.#diffOf(view, item));
    });
    if (quick) return quick;
    return this.#view(request, async (view) => {
      const item = itemIn(view.set);
      if (!item) throw new Fault('not_found', `Cannot show "${path}": the session did not change it`);
      return this.#diffOf(view, item);
    });
  }

  /** Throws `not_found`, `workspace_invalid`, `merge_busy`, `disk_full`. */
  async merge(request: ChangesRequest & { readonly mode: 'apply' | 'preview' }): Promise<MergeOutcome> {
    const { paths, signal } = request;
    return this.#view(request, (view, memory) =>
      request.mode === 'preview'
        ? this.#merger.preview(view, paths, signal)
        : this.#merger.apply(view, { paths, memory, signal }),
    );
  }

  /** Restores what the last merge of the session replaced. Throws `nothing_to_undo`, `merge_busy`, `disk_full`. */
  async undo(request: ChangesRequest): Promise<UndoOutcome> {
    const { session, signal } = request;
    return this.#queue.run(session, () => this.#merger.undo(session, { memory: this.#memory(session), signal }));
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
    return this.#view(request, async (view) => {
      const chosen = paths === undefined ? view.set.items : selectChanges(view.set, paths).chosen;
      const touched = chosen.flatMap((item) => (item.from === undefined ? [item.path] : [item.path, item.from]));
      // A copy is the workspace itself but for what changed; an overlay holds nothing else.
      const everything = paths === undefined && view.layer.strategy === 'overlay';
      if (everything) await this.#options.editor.clear(view.layer);
      else await this.#options.editor.restore(view.layer, touched);
      return chosen.map((item) => toText(item.path));
    });
  }

  /** What git applies; ignored and secret-looking files are in it only when they are named. */
  async exportPatch(request: ChangesRequest): Promise<{ patch: string; left: string[] }> {
    return this.#view(request, async (view) => {
      const selection = selectChanges(view.set, request.paths);
      const contents = {
        before: (item: ChangeItem) => this.#baseContent(view, item),
        after: (item: ChangeItem) => view.written.content(item.path),
      };
      const { patch, left } = await exportPatch(selection.chosen, contents, request.signal);
      return { patch, left: [...left, ...selection.left.map((item) => item.path)].map(toText) };
    });
  }

  /** The subjects of a merge: each path that it would write or remove. */
  async mergeSubjects(request: ChangesRequest): Promise<MergeSubject[]> {
    return this.#view(request, async (view) =>
      selectChanges(view.set, request.paths).chosen.flatMap((item): MergeSubject[] => {
        const subject: MergeSubject = { syscall: 'merge.apply', path: toText(item.path), size: sizeOf(item.after) };
        if (item.from === undefined) return [subject];
        return [subject, { syscall: 'merge.apply', path: toText(item.from), size: 0 }];
      }),
    );
  }

  /** To be called once at the start, before anything else is merged. */
  async resumeInterrupted(): Promise<void> {
    await this.#merger.resumeInterrupted();
  }

  /** To be called when a session is removed: what was kept of it goes, and its merges can no longer be undone. */
  async forget(session: SessionId): Promise<void> {
    await this.#queue.run(session, async () => {
      this.#memories.delete(session);
      await this.#merger.forget(session);
    });
  }

  async #diffOf(view: SessionView, item: ChangeItem): Promise<FileDiff> {
    const operators = (item.currentFrom ?? item.current).state;
    const base = item.base ?? { type: 'absent' };
    const current = () => view.workspace.content(item.from ?? item.path);
    const diff: FileDiff = {
      change: toChange(item),
      before: await toDiffSide(concealed(item, base), () => this.#baseContent(view, item)),
      after: await toDiffSide(item.after, () => view.written.content(item.path)),
    };
    if (item.base && sameState(operators, item.base)) return diff;
    return { ...diff, current: await toDiffSide(concealed(item, operators), current) };
  }

  #memory(session: SessionId): SessionMemory {
    const memory = this.#memories.get(session) ?? newMemory();
    this.#memories.set(session, memory);
    return memory;
  }

  async #view<T>(request: ChangesRequest, work: (view: SessionView, memory: SessionMemory) => Promise<T>): Promise<T> {
    const { session, signal } = request;
    return this.#queue.run(session, async () => {
      const memory = this.#memory(session);
      const layer = await this.#options.layers.layer(session);
      using view = await openSessionView(this.#options, layer, { memory, signal });
      return await work(view, memory);
    });
  }

  async #baseContent(view: SessionView, item: ChangeItem): Promise<Content> {
    const operators = (item.currentFrom ?? item.current).state;
    // The workspace still has it; the store need not, as for ignored files.
    const { base } = item;
    if (base?.type === 'file' && !sameState(operators, base))
      return this.#options.contents.of(view.layer.session).get(base.sha256);
    return view.workspace.content(item.from ?? item.path);
  }
}

export interface FileDiff {
  readonly change: Change;
  readonly before: DiffSide;
  readonly after: DiffSide;
  readonly current?: DiffSide;
}

/** What was hidden from the session is not shown with its changes either: it is named by size and digest. */
function concealed(item: ChangeItem, state: FileState): FileState {
  return item.hidden && state.type !== 'absent' ? { type: 'special', what: 'unreadable file', mode: 0 } : state;
}
