import type { Comment, FileReview, Review } from '../../../../schema/contract/review.ts';
import type { CommentId, SessionId, TerminalId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import { newId } from '../../../base/id.ts';
import { type NoRoom, isFull, needingRoom } from '../files/full-disk.ts';
import { KeyedQueue } from '../keyed-queue.ts';

/** One thing that happened to a review; all of them in order are the review. */
export type ReviewEntry =
  | { readonly files: readonly FileReview[] }
  | { readonly cleared: true }
  | { readonly comment: Comment }
  | { readonly uncommented: CommentId }
  | { readonly place: unknown };

/** Port: what was decided about the changes of a session. It goes when the session goes. */
export interface ReviewStore {
  load(session: SessionId): Promise<readonly ReviewEntry[]>;
  /** On the disk when it resolves. */
  append(session: SessionId, entries: readonly ReviewEntry[]): Promise<void>;
  /** In place of everything there was. */
  replace(session: SessionId, entries: readonly ReviewEntry[]): Promise<void>;
}

export interface ReviewsOptions {
  readonly store: ReviewStore;
  readonly now: () => number;
  /** Types a text into a terminal of the session, as if it were pasted. Throws `not_found`, `terminal_exited`, `disconnected`. */
  readonly type: (to: { readonly session: SessionId; readonly terminal: TerminalId }, text: string) => Promise<void>;
}

export interface NewComment extends Pick<Comment, 'path' | 'side' | 'line' | 'quote' | 'text'> {
  readonly id?: CommentId | undefined;
}

interface State {
  readonly files: Map<string, FileReview>;
  readonly comments: Map<CommentId, Comment>;
  place: unknown;
  entries: number;
}

const NO_ROOM: NoRoom = {
  action: 'Cannot keep the review',
  why: 'What was decided and said before is kept as it was.',
  fix: 'Make room on the disk that Cavern keeps its data on, and do it again.',
};

/** With so many more entries than there is to remember, the record is written anew. */
const COMPACT_FACTOR = 4;
const COMPACT_LEAST = 256;

/** What the operator decided about the changes of sessions, hunk by hunk, and said about their lines. */
export class Reviews {
  readonly #options: ReviewsOptions;
  readonly #states = new Map<SessionId, State>();
  readonly #queue = new KeyedQueue();

  constructor(options: ReviewsOptions) {
    this.#options = options;
  }

  get(session: SessionId): Promise<Review> {
    return this.#with(session, async (state) => ({
      files: [...state.files.values()],
      comments: inOrder([...state.comments.values()]),
      ...(state.place === undefined ? {} : { place: state.place }),
    }));
  }

  /** By path. */
  files(session: SessionId): Promise<ReadonlyMap<string, FileReview>> {
    return this.#with(session, async (state) => new Map(state.files));
  }

  /** Throws `review_invalid`. */
  decide(session: SessionId, files: readonly FileReview[]): Promise<void> {
    for (const file of files) check(file);
    return this.#add(session, [{ files }]);
  }

  /** How many decisions there were. */
  clear(session: SessionId): Promise<number> {
    return this.#with(session, async (state) => {
      const count = state.files.size;
      if (count > 0) await this.#append(session, state, [{ cleared: true }]);
      return count;
    });
  }

  remember(session: SessionId, place: unknown): Promise<void> {
    return this.#add(session, [{ place }]);
  }

  /** Throws `not_found` for an id that is not there. */
  comment(session: SessionId, given: NewComment): Promise<Comment> {
    return this.#with(session, async (state) => {
      const { id, quote, path, side, line, text } = given;
      if (id !== undefined) find(state, id);
      const comment: Comment = {
        id: id ?? newId<CommentId>(),
        path,
        side,
        line,
        ...(quote === undefined ? {} : { quote }),
        text,
        at: this.#options.now(),
      };
      await this.#append(session, state, [{ comment }]);
      return comment;
    });
  }

  /** Throws `not_found`. */
  uncomment(session: SessionId, id: CommentId): Promise<void> {
    return this.#with(session, async (state) => {
      find(state, id);
      await this.#append(session, state, [{ uncommented: id }]);
    });
  }

  /** Those that were sent, for whoever made the changes. */
  sent(session: SessionId): Promise<Comment[]> {
    return this.#with(session, async (state) =>
      inOrder([...state.comments.values()].filter((comment) => comment.sentAt !== undefined)),
    );
  }

  /** Throws `not_found` for a comment or a terminal that is not there, `terminal_exited`, `disconnected`. */
  send(session: SessionId, to: { ids?: readonly CommentId[] | undefined; terminal?: TerminalId | undefined }) {
    return this.#with(session, async (state) => {
      const all = [...state.comments.values()];
      const chosen = to.ids?.map((id) => find(state, id)) ?? all.filter((comment) => comment.sentAt === undefined);
      const comments = inOrder(chosen);
      const text = asText(comments);
      const { terminal } = to;
      if (terminal !== undefined && text !== '') await this.#options.type({ session, terminal }, text);
      const sentAt = this.#options.now();
      const sent = comments.map((comment) => ({
        comment: { ...comment, sentAt, ...(terminal === undefined ? {} : { terminal }) },
      }));
      if (sent.length > 0) await this.#append(session, state, sent);
      return { sent: comments.map(({ id }) => id), text };
    });
  }

  /** To be called when a session is removed. */
  forget(session: SessionId): void {
    this.#states.delete(session);
  }

  #add(session: SessionId, entries: readonly ReviewEntry[]): Promise<void> {
    return this.#with(session, (state) => this.#append(session, state, entries));
  }

  #with<T>(session: SessionId, work: (state: State) => Promise<T>): Promise<T> {
    return this.#queue.run(session, async () => {
      let state = this.#states.get(session);
      if (state === undefined) {
        state = { files: new Map(), comments: new Map(), place: undefined, entries: 0 };
        for (const entry of await this.#options.store.load(session)) take(state, entry);
        this.#states.set(session, state);
      }
      return work(state);
    });
  }

  async #append(session: SessionId, state: State, entries: readonly ReviewEntry[]): Promise<void> {
    await needingRoom(NO_ROOM, () => this.#options.store.append(session, entries));
    for (const entry of entries) take(state, entry);
    const kept = state.files.size + state.comments.size + 1;
    if (state.entries <= COMPACT_LEAST + COMPACT_FACTOR * kept) return;
    const whole: ReviewEntry[] = [{ files: [...state.files.values()] }, { place: state.place ?? null }];
    for (const comment of state.comments.values()) whole.push({ comment });
    try {
      await this.#options.store.replace(session, whole);
      state.entries = whole.length;
    } catch (error) {
      // Everything is kept; the shorter record can wait until there is room.
      if (!isFull(error)) throw error;
    }
  }
}

function take(state: State, entry: ReviewEntry): void {
  state.entries += 1;
  if ('files' in entry) {
    for (const file of entry.files) {
      if (file.verdict === 'undecided') state.files.delete(file.path);
      else state.files.set(file.path, file);
    }
  } else if ('cleared' in entry) state.files.clear();
  else if ('comment' in entry) state.comments.set(entry.comment.id, entry.comment);
  else if ('uncommented' in entry) state.comments.delete(entry.uncommented);
  else state.place = entry.place ?? undefined;
}

function find(state: State, id: CommentId): Comment {
  const comment = state.comments.get(id);
  if (comment) return comment;
  throw new Fault('not_found', `Cannot find comment "${id}": there is none of that id in this session`);
}

function inOrder(comments: readonly Comment[]): Comment[] {
  return comments.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line || a.at - b.at));
}

/** As it is typed into a terminal: one paragraph a comment, in the form that compilers name places in. */
function asText(comments: readonly Comment[]): string {
  return comments
    .map(({ path, line, side, quote, text }) => {
      const where = `${path}:${line}${side === 'before' ? ' (as it was before)' : ''}:`;
      return [where, ...(quote === undefined ? [] : [`> ${quote}`]), text].join('\n');
    })
    .join('\n\n');
}

function check(file: FileReview): void {
  const { verdict, hunks, text, path } = file;
  if (verdict === 'edited' && text === undefined) throw invalid(path, 'an edited file needs its text');
  if (verdict === 'hunks' && hunks === undefined) throw invalid(path, 'it needs the hunks that were decided on');
  if (hunks?.some((hunk) => hunk.verdict === 'edited' && hunk.text === undefined)) {
    throw invalid(path, 'an edited hunk needs its text');
  }
}

function invalid(path: string, state: string): Fault {
  return new Fault('review_invalid', `Cannot keep what was decided about "${path}": ${state}`);
}
