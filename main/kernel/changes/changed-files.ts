import type { ConflictPiece, DiffSide, ReadEvent } from '../../../schema/contract/changes.ts';
import type { Change } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { toText } from './files/byte-path.ts';
import { type ChangeItem, type ChangeSet, toChange } from './listing/change-item.ts';
import type { ConflictView, ThreeTexts } from './three-way/conflict-view.ts';
import { type Content, sharedContent } from './files/content.ts';
import { toDiffSide } from './diff/diff-side.ts';
import { ABSENT, type FileState, digestOf, sameState } from './files/file-state.ts';
import type { LineDiff } from './diff/line-diff.ts';
import { readEvents } from './diff/read-events.ts';
import { readFault, reading } from './files/read-trouble.ts';
import type { SessionView, SessionViewPorts } from './session/session-view.ts';
import type { SessionViews, ViewRequest } from './session/session-views.ts';

/** Texts up to this size are compared by lines. */
const HUNKS_LIMIT_BYTES = 256 * 1024 * 1024;

/** One path as the list shows it. */
export interface FileRequest extends ViewRequest {
  readonly path: string;
}

export interface FileDiff {
  readonly change: Change;
  readonly before: DiffSide;
  readonly after: DiffSide;
  readonly current?: DiffSide;
}

export type Side = 'before' | 'after' | 'current';

/** `as`: its bytes, of a text too. */
export interface ReadRequest extends FileRequest {
  readonly side: Side;
  readonly as?: 'bytes' | undefined;
}

/** Shows changes one by one. A change that is still as it was listed is shown without reading the others. */
export class ChangedFiles {
  readonly #ports: SessionViewPorts;
  readonly #views: SessionViews;

  constructor(ports: SessionViewPorts, views: SessionViews) {
    this.#ports = ports;
    this.#views = views;
  }

  /** `current` is there where the operator has something else than the session began with. Throws `not_found`. */
  diff(request: FileRequest): Promise<FileDiff> {
    return this.#one(request, (view, item) => this.#diffOf(view, item));
  }

  /** The lines in which a changed text differs. Throws `not_found`, `not_text`. */
  async hunks(request: FileRequest): Promise<LineDiff> {
    const sides = await this.#one(request, async (view, item) => {
      const of = async (side: 'before' | 'after'): Promise<Uint8Array | undefined> => {
        const state = stateOn(item, side);
        if (state.type === 'absent' || state.type === 'folder') return new Uint8Array(0);
        if (state.type !== 'file' || state.sizeBytes > HUNKS_LIMIT_BYTES) return undefined;
        return sharedContent(await this.#content(view, item, side), state.sizeBytes);
      };
      return { before: await of('before'), after: await of('after') };
    });
    const { before, after } = sides;
    const found = before && after && (await this.#ports.texts.run('hunks', { before, after }));
    if (found) return found;
    throw new Fault('not_text', `Cannot compare "${request.path}" by lines: it is no text of at most 256 MiB`);
  }

  /** One side of a changed file, of any length. Throws `not_found`, `not_text` for what is no file. */
  async *read(request: ReadRequest): AsyncGenerator<ReadEvent, void, undefined> {
    const { path, side, as } = request;
    const { item, layer } = await this.#one(request, async (view, found) => ({ item: found, layer: view.layer }));
    const state = stateOn(item, side);
    if (state.type !== 'file') throw new Fault('not_text', `Cannot read "${path}": it is no file on that side`);
    // Opened apart from the session's turn: who reads slowly holds nobody up.
    using workspace = await this.#ports.workspaces.open(layer.workspace);
    using written = this.#ports.reader.open(layer);
    try {
      const content = await this.#content({ layer, workspace, written }, item, side);
      yield* readEvents(content, { sizeBytes: state.sizeBytes, as });
    } catch (thrown) {
      throw readFault(path, thrown);
    }
  }

  /** The three sides of a change that the operator changed too. Throws `not_found`. */
  conflict(request: FileRequest): Promise<ConflictView> {
    return this.#one(request, async (view, item) => {
      const { before, after, current } = await this.#diffOf(view, item);
      const workspace = current ?? before;
      const base: DiffSide = item.base === undefined ? { kind: 'absent' } : before;
      const pieces = await this.#pieces({ base, workspace, session: after });
      return {
        base,
        workspace,
        session: after,
        workspaceSha256: digestOf(operatorsState(item)),
        sessionSha256: digestOf(item.after),
        ...(pieces === undefined ? {} : { pieces }),
      };
    });
  }

  async #diffOf(view: SessionView, item: ChangeItem): Promise<FileDiff> {
    const side = (which: Side) =>
      toDiffSide(stateOn(item, which), () => this.#content(view, item, which), this.#ports.texts);
    const diff: FileDiff = { change: toChange(item), before: await side('before'), after: await side('after') };
    if (item.base && sameState(operatorsState(item), item.base)) return diff;
    return { ...diff, current: await side('current') };
  }

  async #pieces(sides: Record<keyof ThreeTexts, DiffSide>): Promise<ConflictPiece[] | undefined> {
    const [base, workspace, session] = [textOf(sides.base), textOf(sides.workspace), textOf(sides.session)];
    if (base === undefined || workspace === undefined || session === undefined) return undefined;
    return this.#ports.texts.run('pieces', { base, workspace, session });
  }

  #content(view: ReadableView, item: ChangeItem, side: Side): Promise<Content> {
    if (side === 'after') return view.written.content(item.path);
    if (side === 'current') return view.workspace.content(item.from ?? item.path);
    return baseContent(this.#ports, view, item);
  }

  async #one<T>(request: FileRequest, work: (view: SessionView, item: ChangeItem) => Promise<T>): Promise<T> {
    const { path } = request;
    const itemIn = (set: ChangeSet): ChangeItem | undefined => set.items.find((each) => toText(each.path) === path);
    const read = (view: SessionView, item: ChangeItem): Promise<T> => reading(path, () => work(view, item));
    const quick = await this.#views.item(request, itemIn, async (view, item) => ({ done: await read(view, item) }));
    if (quick) return quick.done;
    return this.#views.run(request, async (view) => {
      const item = itemIn(view.set);
      if (!item) throw new Fault('not_found', `Cannot show "${path}": the session did not change it`);
      return read(view, item);
    });
  }
}

type ReadableView = Pick<SessionView, 'layer' | 'written' | 'workspace'>;

/** What the session started from. The workspace may still have it; the store need not, as for ignored files. */
export async function baseContent(
  ports: Pick<SessionViewPorts, 'contents'>,
  view: ReadableView,
  item: ChangeItem,
): Promise<Content> {
  const { base } = item;
  if (base?.type === 'file' && !sameState(operatorsState(item), base)) {
    return ports.contents.of(view.layer.session).get(base.sha256);
  }
  return view.workspace.content(item.from ?? item.path);
}

function operatorsState(item: ChangeItem): FileState {
  return (item.currentFrom ?? item.current).state;
}

function stateOn(item: ChangeItem, side: Side): FileState {
  if (side === 'after') return item.after;
  return concealed(item, side === 'before' ? (item.base ?? ABSENT) : operatorsState(item));
}

/** What was hidden from the session is not shown with its changes either: it is named by size and digest. */
function concealed(item: ChangeItem, state: FileState): FileState {
  return item.hidden && state.type !== 'absent' ? { type: 'special', what: 'unreadable file', mode: 0 } : state;
}

function textOf(side: DiffSide): string | undefined {
  if (side.kind === 'absent' || side.kind === 'folder') return '';
  return side.kind === 'text' ? side.text : undefined;
}
